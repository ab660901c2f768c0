import { serveTasks } from "../../images/index.js";
import { caseTasks } from "./case-tasks.js";

serveTasks(caseTasks);
