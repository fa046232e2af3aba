package dev.testudo.policy.evidence;

/// A component of a TCB that is below what is wanted.
///
/// @param component its name, such as `SGX component 7 (Early Microcode Update)` or `microcode`
public record TcbShortfall(String component, int seen, int wanted) {
  @Override
  public String toString() {
    return "%s is %d, wanted %d".formatted(component, seen, wanted);
  }
}
