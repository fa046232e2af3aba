package dev.testudo.trust.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.EvidenceException;
import java.util.List;

/// A memory in which a test sees whether something new was remembered: it has room for some steps
/// and a mark, and forgets the mark first.
public final class MemoryProbe {
  private final VerificationMemory memory;
  private int marks;

  /// Creates a memory.
  ///
  /// @param steps for how many steps there is room besides the mark
  public MemoryProbe(int steps) throws EvidenceException {
    memory = new VerificationMemory(steps + 1);
    mark();
  }

  private void mark() throws EvidenceException {
    memory.remember(Integer.class, "mark", List.of(), () -> ++marks);
  }

  /// Returns the memory.
  public VerificationMemory memory() {
    return memory;
  }

  /// Asserts that the steps since the last call were remembered already, or failed.
  public void assertNothingNew() throws EvidenceException {
    mark();
    assertEquals(1, marks, "the mark was forgotten, so more steps were remembered than there are");
  }
}
