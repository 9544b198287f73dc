/* Colours of verdicts, told apart without red and green, the same on the map and the scorecard. */

const VERDICT = { met: "#9ccbbd", not_met: "#d27f69", not_assessable: "#d3cfc6" };
const VERDICT_EDGE = { met: "#5b9f8d", not_met: "#b3523a", not_assessable: "#98938a" };
