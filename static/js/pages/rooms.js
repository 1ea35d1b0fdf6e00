// @ts-check
// Copies invite links.

import { copyOnPress } from "../lib/copying.js";
import { gettext } from "../lib/i18n.js";

copyOnPress(gettext("Meeting link"));
