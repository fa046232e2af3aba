package dev.testudo.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.vm.VmException;
import dev.testudo.vm.kernel.ModuleOrder.Wanted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The order in which kernel modules are loaded.
class ModuleOrderTest {
  private static List<String> order(
      Map<String, List<String>> modules, Set<String> builtIn, Wanted... wanted) throws VmException {
    ModuleOrder.Lookup lookup =
        name ->
            Optional.ofNullable(modules.get(name))
                .map(depends -> new ModuleInfo(name, "6.12", depends));
    return ModuleOrder.of(List.of(wanted), lookup, builtIn);
  }

  @Test
  void aModuleComesAfterAllThatItNeedsAndOnlyOnce() throws Exception {
    var modules =
        Map.of(
            "virtio_net", List.of("net_failover"),
            "net_failover", List.of("failover"),
            "failover", List.<String>of(),
            "other", List.of("failover"));
    var order = order(modules, Set.of(), new Wanted("virtio-net", true), new Wanted("other", true));
    assertEquals(List.of("failover", "net_failover", "virtio_net", "other"), order);
  }

  @Test
  void whatIsPartOfTheKernelIsNotLoaded() throws Exception {
    var modules = Map.of("tsm", List.of("configfs"));
    assertEquals(
        List.of("tsm"),
        order(
            modules,
            Set.of("configfs", "fuse"),
            new Wanted("tsm", true),
            new Wanted("fuse", true)));
  }

  @Test
  void whatIsNotNeededMayBeAbsent() throws Exception {
    assertEquals(List.of(), order(Map.of(), Set.of(), new Wanted("ena", false)));
  }

  @Test
  void whatIsNeededAndAbsentIsNamed() {
    var refused =
        assertThrows(
            VmException.class,
            () -> order(Map.of("a", List.of("b")), Set.of(), new Wanted("a", true)));
    assertEquals(VmException.Reason.LACKING, refused.reason());
    assertEquals(
        "the kernel has no module b, on which others depend: [a]; take a kernel for cloud machines",
        refused.getMessage());
  }

  @Test
  void modulesThatNeedEachOtherAreRefused() {
    var modules = Map.of("a", List.of("b"), "b", List.of("a"));
    assertThrows(VmException.class, () -> order(modules, Set.of(), new Wanted("a", true)));
  }
}
