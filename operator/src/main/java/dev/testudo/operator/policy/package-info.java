/// Brings signed policies to CAS and says what CAS answered.
@org.jspecify.annotations.NullMarked
package dev.testudo.operator.policy;
