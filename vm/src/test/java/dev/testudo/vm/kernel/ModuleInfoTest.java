package dev.testudo.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a kernel module says of itself.
class ModuleInfoTest {
  private static final String VERSION = "vermagic=6.12.1-cloud SMP preempt mod_unload ";

  @Test
  void aModuleSaysItsNameItsKernelAndWhatItNeeds() throws Exception {
    var file =
        ModuleFile.saying("license=GPL", "depends=configfs,tsm-core", "name=sev_guest", VERSION);
    var info = ModuleInfo.read(file);
    assertEquals(
        new ModuleInfo("sev_guest", "6.12.1-cloud", List.of("configfs", "tsm_core")), info);
  }

  @Test
  void aModuleMayNeedNothing() throws Exception {
    var info = ModuleInfo.read(ModuleFile.saying("depends=", "name=fuse", VERSION));
    assertEquals(List.of(), info.depends());
  }

  @ParameterizedTest
  @ValueSource(strings = {"depends=", "name=../../etc/passwd", "name=a b", "name="})
  void aModuleWithoutAPlainNameIsRefused(String line) {
    var file = ModuleFile.saying(line, VERSION);
    var refused = assertThrows(VmException.class, () -> ModuleInfo.read(file));
    assertEquals(
        "the kernel module is malformed: it has no name, or does not say for which kernel it is",
        refused.getMessage());
  }

  @Test
  void whatAModuleNeedsMustBeNames() {
    var file = ModuleFile.saying("name=a", "depends=b,../c", VERSION);
    assertThrows(VmException.class, () -> ModuleInfo.read(file));
  }

  @Test
  void everyPartOfAModuleIsRefused() throws Exception {
    var whole = ModuleFile.saying("name=a", "depends=b", VERSION);
    for (var length = 0; length < whole.length(); length++) {
      var part = whole.slice(0, length);
      assertThrows(VmException.class, () -> ModuleInfo.read(part), length + " bytes");
    }
    ModuleInfo.read(whole);
  }

  @Test
  void damagedModulesAreReadOrRefusedAndNothingElse() {
    var random = new Random(7);
    var whole = ModuleFile.saying("name=a", "depends=b", VERSION).toBytes();
    for (var i = 0; i < 20_000; i++) {
      var bytes = whole.clone();
      for (var k = 0; k <= random.nextInt(3); k++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        var info = ModuleInfo.read(Octets.of(bytes));
        assertTrue(info.name().matches("[A-Za-z0-9_]+"));
      } catch (VmException e) {
        assertEquals(VmException.Reason.MALFORMED, e.reason());
      }
    }
  }
}
