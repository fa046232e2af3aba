/// Conditions of objects, as `metav1.Condition` of Kubernetes defines them.
@org.jspecify.annotations.NullMarked
package dev.testudo.operator.condition;
