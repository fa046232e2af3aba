package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ContainerUser;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.build.ImageAccounts;
import dev.testudo.image.build.MeasuredContainer;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.pe.UkiSection;
import dev.testudo.vm.pe.UkiWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;

/// A confidential VM image: a unified kernel image with a kernel, and an initrd that has the agent
/// and a service. The same inputs give the same bytes.
///
/// @param bytes the file
/// @param commandLine the command line of the kernel
/// @param measurement what a policy names for software evidence; the agent in the machine measures
///     the same
/// @param initrdBytes the size of the initrd in the image
/// @param files how many files, directories and links the initrd has
public record VmImage(
    Octets bytes, String commandLine, Measurement measurement, int initrdBytes, int files) {

  /// What a machine is made of besides the image of its service.
  ///
  /// @param kernel the kernel and its modules
  /// @param stub the stub of systemd
  /// @param agent the arguments of the agent
  public record Machine(VmKernel kernel, Octets stub, List<String> agent) {
    /// Copies the list.
    public Machine {
      agent = List.copyOf(agent);
    }
  }

  /// Builds a VM image.
  ///
  /// @param source has the layers of `image`
  /// @param image a confidential container image
  /// @throws CommandFailed if the user of the image is not in the image
  /// @throws IOException if the image is not confidential, or has what an initrd cannot have
  public static VmImage build(
      BlobSource source, ImageParts image, LayerIndexCache cache, Machine machine)
      throws IOException, CommandFailed {
    var tree = ImageTree.of(LayerIndexing.of(source, image, cache));
    var measured = MeasuredContainer.of(source, image, tree);
    var arguments = new ArrayList<>(AgentLayer.START_OF_MACHINE);
    arguments.addAll(machine.agent());
    var accounts = ImageAccounts.read(source, image.manifest().layers(), tree);
    arguments.addAll(List.of("--user", ContainerUser.of(image, accounts).toString()));
    var commandLine = VmCommandLine.of(arguments);
    var entries = new ArrayList<>(InitrdFiles.ofImage(tree, source, image.manifest().layers()));
    var present = new HashSet<String>();
    entries.stream().map(CpioEntry::path).forEach(present::add);
    entries.addAll(InitrdFiles.ofMachine(machine.kernel().guest(), present));
    var initrd = Initrd.write(entries);
    var sections = new EnumMap<UkiSection, Octets>(UkiSection.class);
    sections.put(UkiSection.OSREL, osRelease(measured));
    sections.put(UkiSection.CMDLINE, Octets.of(commandLine.getBytes(US_ASCII)));
    sections.put(UkiSection.LINUX, machine.kernel().guest().kernel());
    sections.put(UkiSection.INITRD, initrd);
    return new VmImage(
        UkiWriter.write(machine.stub(), sections),
        commandLine,
        measured.measurement(),
        initrd.length(),
        entries.size());
  }

  /// Returns the file os-release(5), which boot menus show.
  private static Octets osRelease(MeasuredContainer measured) {
    var name = measured.description().name().replaceAll("[^A-Za-z0-9_.-]", "_");
    return Octets.of(
        """
        ID=testudo
        NAME=Testudo
        PRETTY_NAME="Testudo: %s"
        IMAGE_ID=%s
        IMAGE_VERSION=%s
        """
            .formatted(name, name, measured.measurement().hex())
            .getBytes(UTF_8));
  }
}
