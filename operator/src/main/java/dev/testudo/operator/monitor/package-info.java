/// Counts what the operator does, and tells it to whoever asks over HTTP.
@org.jspecify.annotations.NullMarked
package dev.testudo.operator.monitor;
