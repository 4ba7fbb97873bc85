/** The page of a guest: the desk alone. */
import { Desk, work } from "./review-desk.js";

work(new Desk());
