/// Source texts, places in them, and diagnostics about those places.
package dev.testudo.policy.source;
