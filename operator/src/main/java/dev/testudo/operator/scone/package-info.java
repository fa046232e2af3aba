/// Answers objects of SCONE that Testudo does not need.
@org.jspecify.annotations.NullMarked
package dev.testudo.operator.scone;
