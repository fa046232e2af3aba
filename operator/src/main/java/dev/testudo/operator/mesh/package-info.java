/// Reports what runs of a mesh, and what CAS refused.
@org.jspecify.annotations.NullMarked
package dev.testudo.operator.mesh;
