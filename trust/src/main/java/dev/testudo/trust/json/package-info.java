/// Strict JSON: no unknown or repeated names, no trailing bytes, and a limit on everything.
package dev.testudo.trust.json;
