package dev.testudo.cli.vm;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.kernel.ModuleInfo;
import dev.testudo.vm.kernel.ModuleOrder;
import dev.testudo.vm.kernel.ModuleOrder.Wanted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The kernel of a VM image, and the modules that it loads.
///
/// @param release what `uname -r` prints in the machine
/// @param modules the uncompressed modules by their names, in the order in which they are loaded
record GuestKernel(Octets kernel, String release, SequencedMap<String, Octets> modules) {
  /// What machines need: the devices of QEMU and of clouds, and the interfaces for evidence.
  private static final List<Wanted> WANTED =
      List.of(
          new Wanted("virtio-rng", false),
          new Wanted("qemu_fw_cfg", false),
          new Wanted("virtio_pci", true),
          new Wanted("virtio_net", true),
          new Wanted("virtio_blk", true),
          new Wanted("ena", false),
          new Wanted("gve", false),
          new Wanted("nvme", false),
          new Wanted("configfs", false),
          new Wanted("tsm", false),
          new Wanted("sev-guest", false),
          new Wanted("tdx-guest", false),
          new Wanted("fuse", true));

  /// Modules without which a kernel cannot fetch hardware evidence.
  private static final List<String> FOR_EVIDENCE = List.of("tsm", "sev_guest", "tdx_guest");

  /// Takes what a VM image needs of a kernel.
  ///
  /// @throws VmException if it lacks a module, or the modules are not all of one kernel
  static GuestKernel of(KernelBuild files) throws VmException {
    var read = new LinkedHashMap<String, ModuleInfo>();
    ModuleOrder.Lookup lookup =
        name -> {
          var module = files.module(name);
          if (module.isPresent()) {
            read.put(name, ModuleInfo.read(module.get()));
          }
          return Optional.ofNullable(read.get(name));
        };
    var order = ModuleOrder.of(WANTED, lookup, files.builtIn());
    var modules = new LinkedHashMap<String, Octets>();
    var release = "";
    for (var name : order) {
      modules.put(name, files.module(name).orElseThrow());
      var own = read.get(name);
      if (own == null || (!release.isEmpty() && !release.equals(own.release()))) {
        throw VmException.malformed("the kernel modules are not all of one kernel");
      }
      release = own.release();
    }
    return new GuestKernel(files.kernel(), release, modules);
  }

  /// Returns the modules for hardware evidence that the kernel lacks.
  static List<String> withoutEvidence(KernelBuild files) {
    return FOR_EVIDENCE.stream()
        .filter(name -> !files.modules().containsKey(name) && !files.builtIn().contains(name))
        .toList();
  }

  /// Returns the modules by the names of their files.
  Map<String, Octets> files() {
    var files = new LinkedHashMap<String, Octets>();
    modules.forEach((name, content) -> files.put(name + ".ko", content));
    return files;
  }
}
