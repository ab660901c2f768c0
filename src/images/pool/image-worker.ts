import { imageTasks } from "./image-tasks.js";
import { serveTasks } from "./serve-tasks.js";

serveTasks(imageTasks);
