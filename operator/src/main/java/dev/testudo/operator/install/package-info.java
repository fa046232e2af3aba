/// Installs and upgrades CAS.
@org.jspecify.annotations.NullMarked
package dev.testudo.operator.install;
