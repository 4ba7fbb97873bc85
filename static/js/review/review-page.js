/** The review page of a member: the desk, and the room where people watch together. */
import { Desk, work } from "./review-desk.js";
import { room } from "./review-room.js";

const desk = new Desk();
work(desk);
room.begin(desk);
