package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.KeptContents;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeContents;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.measure.ContainerRoot;
import dev.testudo.vm.VmException;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.cpio.CpioKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The files of an initrd: those of a confidential image, and what the kernel and the agent need
/// before the agent has mounted anything. Times are 0, so the same image gives the same bytes.
final class InitrdFiles {
  /// Where the kernel modules are. The agent does not measure this folder; the hardware has.
  private static final String MACHINE = ContainerRoot.AGENT.substring(1) + "/vm";

  private static final int PERMISSIONS = 07777;
  private static final int SHARED = 0755;
  private static final int PLAIN = 0644;
  private static final int DEVICE = 0600;
  private static final int DEVICE_OF_ALL = 0666;

  /// Where the agent mounts something.
  private static final List<String> MOUNT_POINTS = List.of("dev", "proc", "run", "sys", "tmp");

  /// The directories that each kernel has without any initrd (Linux, `usr/default_cpio_list`).
  private static final List<String> OF_KERNEL = List.of("root");

  /// The most bytes of all files.
  private static final long MOST_BYTES = 1L << 30;

  private InitrdFiles() {}

  /// Returns the files of an image.
  ///
  /// @param source has the layers of the image
  /// @param layers the layers that the tree was made of, in the same order
  /// @throws VmException if the image has something that an initrd cannot have
  static List<CpioEntry> ofImage(ImageTree tree, BlobSource source, List<Descriptor> layers)
      throws IOException {
    var contents = contents(tree, source, layers);
    var entries = new ArrayList<CpioEntry>();
    for (var located : tree.files()) {
      var path = located.path().substring(1);
      requireUtf8(path);
      entries.add(entry(path, located.file(), contents));
    }
    return entries;
  }

  private static Map<TreeFile, Octets> contents(
      ImageTree tree, BlobSource source, List<Descriptor> layers) throws IOException {
    var files = new ArrayList<TreeFile>();
    var bytes = 0L;
    for (var located : tree.files()) {
      if (located.file().node() instanceof LayerNode.RegularFile(var size, _)) {
        bytes += size;
        files.add(located.file());
      }
    }
    if (bytes > MOST_BYTES) {
      throw VmException.tooLarge(
          "the files of the image have %d bytes; in an initrd, all of which is in memory, %d are the most"
              .formatted(bytes, MOST_BYTES));
    }
    var contents = new HashMap<TreeFile, Octets>();
    TreeContents.forEach(
        source,
        layers,
        files,
        KeptContents.NOTHING,
        (file, content) -> contents.put(file, Octets.of(content)));
    return contents;
  }

  private static CpioEntry entry(String path, TreeFile file, Map<TreeFile, Octets> contents)
      throws VmException {
    var attributes = file.attributes();
    if (!attributes.xattrs().isEmpty()) {
      throw VmException.unsupported(
          "the image has extended attributes at /%s (%s), which an initrd cannot have; remove them"
              .formatted(path, String.join(", ", new TreeSet<>(attributes.xattrs().keySet()))));
    }
    CpioKind kind =
        switch (file.node()) {
          case LayerNode.RegularFile _ ->
              new CpioKind.File(contents.getOrDefault(file, Octets.of(new byte[0])));
          case LayerNode.Directory() -> new CpioKind.Directory();
          case LayerNode.SymbolicLink(var target) -> {
            requireUtf8(target);
            yield new CpioKind.SymbolicLink(target);
          }
          case LayerNode.Device _, LayerNode.Fifo() ->
              throw VmException.unsupported(
                  "the image has a device or a named pipe at /%s; remove it".formatted(path));
          case LayerNode.HardLink _, LayerNode.Whiteout(), LayerNode.OpaqueWhiteout() ->
              throw new AssertionError("a merged tree has no such nodes");
        };
    return new CpioEntry(
        path,
        kind,
        attributes.mode() & PERMISSIONS,
        attributes.owner().uid(),
        attributes.owner().gid(),
        0);
  }

  private static void requireUtf8(String name) throws VmException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw VmException.unsupported("the image has a file whose name is not UTF-8");
    }
  }

  /// Returns what a machine needs besides an image: devices, mount points, kernel modules.
  ///
  /// @param present paths of the image
  static List<CpioEntry> ofMachine(GuestKernel kernel, Set<String> present) {
    var entries = new ArrayList<CpioEntry>();
    for (var name : MOUNT_POINTS) {
      if (!present.contains(name)) {
        entries.add(directory(name));
      }
    }
    // The kernel opens the console for process 1, and the runtime needs the others before the agent
    // has mounted /dev.
    entries.add(device("dev/console", DEVICE, 5, 1));
    entries.add(device("dev/null", DEVICE_OF_ALL, 1, 3));
    entries.add(device("dev/random", DEVICE_OF_ALL, 1, 8));
    entries.add(device("dev/urandom", DEVICE_OF_ALL, 1, 9));
    entries.add(directory(MACHINE));
    entries.add(file(MACHINE + "/modules", lines(kernel.modules().sequencedKeySet())));
    var absent = OF_KERNEL.stream().filter(name -> !present.contains(name)).toList();
    entries.add(file(MACHINE + "/absent", lines(absent)));
    kernel.files().forEach((name, content) -> entries.add(file(MACHINE + "/" + name, content)));
    entries.removeIf(entry -> present.contains(entry.path()) && entry.path().startsWith("dev/"));
    return entries;
  }

  private static Octets lines(Collection<String> names) {
    return Octets.of(names.stream().map(name -> name + "\n").collect(joining()).getBytes(UTF_8));
  }

  private static CpioEntry directory(String path) {
    return new CpioEntry(path, new CpioKind.Directory(), SHARED, 0, 0, 0);
  }

  private static CpioEntry file(String path, Octets content) {
    return new CpioEntry(path, new CpioKind.File(content), PLAIN, 0, 0, 0);
  }

  private static CpioEntry device(String path, int permissions, int major, int minor) {
    return new CpioEntry(path, new CpioKind.CharacterDevice(major, minor), permissions, 0, 0, 0);
  }
}
