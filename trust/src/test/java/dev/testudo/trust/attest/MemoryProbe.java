package dev.testudo.trust.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.EvidenceException;
import java.util.List;

/// A memory in which a test sees whether more was remembered than it expects: it has room for so
/// many steps and a mark, and forgets the mark first.
public final class MemoryProbe {
  private final VerificationMemory memory;
  private boolean asked;
  private int marks;

  /// Creates a memory.
  ///
  /// @param steps how many steps the test expects
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

  /// Asserts that no more steps were remembered than expected. Can be asked once, because to ask
  /// for the mark makes it the last that is forgotten.
  public void assertNoMoreSteps() throws EvidenceException {
    assertFalse(asked, "the memory was asked before");
    asked = true;
    mark();
    assertEquals(1, marks, "the mark was forgotten, so more steps were remembered");
  }
}
