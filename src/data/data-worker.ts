import { serveTasks } from "../images/index.js";
import { dataTasks } from "./data-tasks.js";

serveTasks(dataTasks);
