package dev.testudo.image.build.command;

import dev.testudo.image.build.sandbox.Sandbox;
import dev.testudo.image.build.sandbox.SandboxMount;
import dev.testudo.image.build.sandbox.SandboxProgram;
import dev.testudo.image.build.sandbox.SandboxProgram.Rights;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.oci.MediaType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/// Carries out the commands of a recipe in a sandbox.
final class CommandRun {
  private final Sandbox sandbox;
  private final CommandRecipe recipe;
  private final BuildAccess access;
  private final BuildLimits limits;
  private final BuildListener listener;
  private final OutputTail tail;

  CommandRun(
      Sandbox sandbox,
      CommandRecipe recipe,
      BuildAccess access,
      BuildLimits limits,
      BuildListener listener) {
    this.sandbox = sandbox;
    this.recipe = recipe;
    this.access = access;
    this.limits = limits;
    this.listener = listener;
    this.tail = new OutputTail(limits.shownLines());
  }

  /// Unpacks the base, runs the commands, and keeps what they have changed.
  CommandLayer run(LayerIndexCache indexes, KeptLayers kept, String key) throws IOException {
    listener.step("reading the base image");
    var root = BuildRoot.of(recipe, indexes);
    requireRoom(root);
    noteOwners(root);
    listener.step("unpacking the base image");
    sandbox.unpack(out -> RootArchive.write(recipe.base().layers(), root, sandbox.ids(), out));
    var mounts = BuildMounts.of(sandbox, root.before(), access, recipe.network());
    var deadline = System.nanoTime() + limits.time().toNanos();
    var supervision = new Supervision(sandbox, limits, deadline, tail, listener);
    for (var number = 1; number <= recipe.commands().size(); number++) {
      run(number, mounts, supervision);
    }
    listener.step("reading what the commands have changed");
    var files = new RootResult(sandbox, root, limits).files();
    listener.step("writing the layer");
    return kept.keep(
        key, files.isEmpty(), sink -> LayerWriter.write(files, sink, MediaType.OCI_LAYER_GZIP));
  }

  private void requireRoom(BuildRoot root) throws IOException {
    var needed = 0L;
    for (var located : root.before().files()) {
      if (located.file().node() instanceof LayerNode.RegularFile(var size, _)) {
        needed += size;
      }
    }
    var free = Files.getFileStore(sandbox.files()).getUsableSpace() - limits.freeBytes();
    if (free < needed) {
      throw new BuildException(
          BuildFault.DISK_FULL,
          "the files of the base image need %d MiB, and the disk of %s has %d MiB for them; make room"
              .formatted(needed >> 20, sandbox.files(), Math.max(0, free >> 20)),
          List.of());
    }
  }

  /// Users that the sandbox lacks are those of whoever has no subordinate ids.
  private void noteOwners(BuildRoot root) {
    var others =
        root.before().files().stream()
            .filter(located -> !sandbox.ids().covers(located.file().attributes().owner()))
            .count();
    if (others > 0) {
      listener.note(
          "%d files of the base image belong to users that this user has no subordinate ids for; "
                  .formatted(others)
              + "while the commands run, they belong to root (see subuid(5) and the package uidmap)");
    }
  }

  private void run(int number, List<SandboxMount> mounts, Supervision supervision)
      throws IOException {
    var command = recipe.commands().get(number - 1);
    listener.started(number, recipe.commands().size(), command);
    var started =
        sandbox.start(
            new SandboxProgram(
                new SandboxProgram.Call(
                    command.vector(),
                    BuildEnvironment.of(recipe, access),
                    recipe.workingDirectory()),
                sandbox.root(),
                mounts,
                recipe.network(),
                Rights.BUILD,
                new SandboxProgram.Limits(limits.layerBytes(), limits.processes())));
    var status = supervision.watch(started);
    if (status == 0) {
      return;
    }
    var problem = started.problem();
    if (problem.isPresent()) {
      throw new BuildException(
          BuildFault.COMMAND_NOT_FOUND,
          "the command %d of %d (`%s`) cannot be started: %s"
              .formatted(number, recipe.commands().size(), command.shown(), problem.get()),
          tail.lines());
    }
    throw new BuildException(
        BuildFault.COMMAND_FAILED,
        "the command %d of %d (`%s`) fails with the exit status %d"
            .formatted(number, recipe.commands().size(), command.shown(), status),
        tail.lines());
  }
}
