import { serveTasks } from "../images/index.js";
import { deidentifyTasks } from "./deidentify-tasks.js";

serveTasks(deidentifyTasks);
