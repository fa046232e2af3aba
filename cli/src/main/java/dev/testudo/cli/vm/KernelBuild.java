package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.kernel.ModuleInfo;
import dev.testudo.vm.pe.PeFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A kernel and the modules that were built with it.
///
/// @param kernel the kernel, a PE file
/// @param modules the files of the modules, perhaps compressed, by the name of the module
/// @param builtIn the names of modules that are part of the kernel
record KernelBuild(Octets kernel, Map<String, Octets> modules, Set<String> builtIn) {
  private static final Pattern KERNEL = Pattern.compile("/(?:usr/)?boot/vmlinuz-[^/]+");
  private static final Pattern MODULE =
      Pattern.compile(
          "(?:/usr)?/lib/modules/[^/]+/kernel/(?:.*/)?([^/]+)\\.ko(?:\\.(?:xz|gz|zst))?");
  private static final Pattern BUILT_IN =
      Pattern.compile("(?:/usr)?/lib/modules/[^/]+/modules\\.builtin");
  private static final String SUFFIX = "\\.ko$";

  /// Reads a package of Debian, or a kernel and a folder of modules.
  ///
  /// @param file the package or the kernel
  /// @param folder the folder `/lib/modules/RELEASE` of the kernel, if `file` is no package
  static KernelBuild read(PinnedFile.Content file, Optional<Path> folder)
      throws IOException, CommandFailed {
    if (DebianPackage.is(file.bytes())) {
      if (folder.isPresent()) {
        throw CommandFailed.usage(
            "%s is a package and has its own modules; leave out `--modules`"
                .formatted(file.path()));
      }
      return of(file.path(), DebianPackage.files(file.bytes(), KernelBuild::isWanted));
    }
    if (folder.isEmpty()) {
      throw CommandFailed.usage(
          "%s is no package; name the folder of its modules with `--modules /lib/modules/RELEASE`"
              .formatted(file.path()));
    }
    var files = inFolder(folder.get());
    files.put("/boot/vmlinuz-" + file.path().getFileName(), file.bytes());
    return of(file.path(), files);
  }

  private static boolean isWanted(String path) {
    return Stream.of(KERNEL, MODULE, BUILT_IN).anyMatch(one -> one.matcher(path).matches());
  }

  private static Map<String, Octets> inFolder(Path folder) throws IOException, CommandFailed {
    if (!Files.isDirectory(folder)) {
      throw CommandFailed.input("%s is no folder".formatted(folder));
    }
    var files = new HashMap<String, Octets>();
    try (var all = Files.walk(folder)) {
      for (var file : (Iterable<Path>) all::iterator) {
        var path = "/lib/modules/release/" + folder.relativize(file);
        if (isWanted(path) && Files.isRegularFile(file)) {
          files.put(path, Octets.of(Files.readAllBytes(file)));
        }
      }
    }
    return files;
  }

  private static KernelBuild of(Path from, Map<String, Octets> files)
      throws IOException, CommandFailed {
    Octets kernel = null;
    var modules = new HashMap<String, Octets>();
    var builtIn = new HashSet<String>();
    for (var file : files.entrySet()) {
      var module = MODULE.matcher(file.getKey());
      if (module.matches()) {
        modules.put(ModuleInfo.nameOf(module.group(1)), file.getValue());
      } else if (BUILT_IN.matcher(file.getKey()).matches()) {
        new String(file.getValue().toBytes(), US_ASCII)
            .lines()
            .map(line -> line.substring(line.lastIndexOf('/') + 1).replaceFirst(SUFFIX, ""))
            .map(ModuleInfo::nameOf)
            .forEach(builtIn::add);
      } else if (kernel != null) {
        throw CommandFailed.input("%s has several kernels".formatted(from));
      } else {
        kernel = file.getValue();
      }
    }
    if (kernel == null || builtIn.isEmpty()) {
      throw CommandFailed.input(
          "%s has no %s; take a package of a kernel, such as linux-image-…-cloud-amd64"
              .formatted(from, kernel == null ? "/boot/vmlinuz-…" : "list of built-in modules"));
    }
    PeFile.read("the kernel", kernel);
    return new KernelBuild(kernel, modules, builtIn);
  }

  /// Returns a module, uncompressed.
  Optional<Octets> module(String name) throws VmException {
    var file = Optional.ofNullable(modules.get(name));
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try (var plain = Decompressed.of(new ByteArrayInputStream(file.get().toBytes()))) {
      var bytes = plain.readNBytes(ModuleInfo.MOST_BYTES + 1);
      if (bytes.length > ModuleInfo.MOST_BYTES) {
        throw VmException.tooLarge(
            "the kernel module %s has more than %d bytes".formatted(name, ModuleInfo.MOST_BYTES));
      }
      return Optional.of(Octets.of(bytes));
    } catch (VmException e) {
      throw e;
    } catch (IOException e) {
      throw VmException.malformed(
          "the kernel module %s cannot be decompressed: %s".formatted(name, e.getMessage()));
    }
  }
}
