package dev.testudo.cli.vm;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.vm.VmException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The command line of a VM image's kernel.
class VmCommandLineTest {
  @Test
  void theArgumentsOfProcessOneFollowThoseOfTheKernel() throws Exception {
    var line = VmCommandLine.of(List.of("/init", "--service", "a/b"));
    assertTrue(line.endsWith(" rdinit=/init -- --service a/b"), line);
    assertTrue(line.contains(" lockdown=confidentiality "), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "", "a\"b", "a\nb", "ü", "a'b", "a\\b"})
  void whatTheKernelWouldChangeIsRefused(String argument) {
    assertThrows(VmException.class, () -> VmCommandLine.of(List.of("/init", argument)));
  }

  @Test
  void whatTheKernelWouldCutOffIsRefused() {
    var many = Collections.nCopies(33, "a");
    assertThrows(VmException.class, () -> VmCommandLine.of(many));
    var longer = List.of("/init", "a".repeat(2040));
    assertThrows(VmException.class, () -> VmCommandLine.of(longer));
  }
}
