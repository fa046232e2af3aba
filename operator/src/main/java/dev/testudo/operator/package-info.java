/// The operator of Kubernetes: watches custom resources, registers signed policies with CAS,
/// installs CAS, and reports. It holds no secret, and nobody needs to trust it.
@org.jspecify.annotations.NullMarked
package dev.testudo.operator;
