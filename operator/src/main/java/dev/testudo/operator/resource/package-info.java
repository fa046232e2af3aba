/// The custom resources: ours, and those of SCONE's operator. Their definitions are generated from
/// these types.
@org.jspecify.annotations.NullMarked
package dev.testudo.operator.resource;
