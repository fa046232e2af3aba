package dev.testudo.gramine.measure;

/// A field of the page that each thread of an enclave has for itself, and that is not zero when the
/// enclave begins.
enum ThreadField {
  SELF,
  CANARY,
  ENCLAVE_SIZE,
  TCS_OFFSET,
  INITIAL_STACK,
  SIGNAL_STACK_LOW,
  SIGNAL_STACK_HIGH,
  SSA,
  REGISTERS,
  MANIFEST_SIZE,
  HEAP_LOW,
  HEAP_HIGH
}
