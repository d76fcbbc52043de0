/** 2026-11-20 20:19:05 UTC: "now" in tests of screens. */
export const fakeNow = Date.UTC(2026, 10, 20, 20, 19, 5);
