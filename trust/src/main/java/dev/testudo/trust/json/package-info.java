/// Strict JSON: no unknown or repeated names, no trailing bytes, no unbounded anything.
package dev.testudo.trust.json;
