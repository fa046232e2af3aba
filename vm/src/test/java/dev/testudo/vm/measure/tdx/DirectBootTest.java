package dev.testudo.vm.measure.tdx;

import static dev.testudo.vm.MeasurementHash.SHA384;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.measure.MeasuredEvent;
import dev.testudo.vm.measure.tdx.TdxDirectBoot.KernelForm;
import dev.testudo.vm.pe.Authenticode;
import dev.testudo.vm.pe.PeFile;
import dev.testudo.vm.pe.PeImage;
import dev.testudo.vm.pe.UkiSection;
import dev.testudo.vm.pe.UkiWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DirectBootTest {
  private static final long GIB = 1 << 30;
  private static final Octets INITRD = Octets.of(new byte[0x100000]);

  /// A PE file of which the setup header of Linux is in the padding of the headers.
  private static final Octets KERNEL = kernel(0x20f, 0x01, 0x02);

  @Test
  void rtmr2IsTheCommandLineWithTheOptionOfTheFirmwareAndTheInitrd() {
    var boot = new TdxDirectBoot(KERNEL, INITRD, "quiet", KernelForm.AS_FILE, GIB);
    var commandLine = SHA384.of("quiet initrd=initrd\0".getBytes(UTF_16LE));
    assertEquals(
        SHA384.of(SHA384.of(SHA384.zero(), commandLine), SHA384.of(INITRD)), boot.rtmr2().value());
  }

  @Test
  void rtmr1BeginsWithTheKernelInItsForm() throws VmException {
    var asFile = new TdxDirectBoot(KERNEL, INITRD, "", KernelForm.AS_FILE, GIB).rtmr1();
    assertEquals(authenticode(KERNEL), asFile.events().getFirst().digest());
    var patched = new TdxDirectBoot(KERNEL, INITRD, "", KernelForm.PATCHED_BY_QEMU, GIB).rtmr1();
    var inGuest = PatchedKernel.of(KERNEL, INITRD.length(), GIB);
    assertEquals(authenticode(inGuest), patched.events().getFirst().digest());
    assertNotEquals(asFile.value(), patched.value());
    assertEquals(
        asFile.events().subList(1, 5).stream().map(MeasuredEvent::digest).toList(),
        patched.events().subList(1, 5).stream().map(MeasuredEvent::digest).toList());
  }

  private static Octets authenticode(Octets kernel) throws VmException {
    return Authenticode.digest(PeFile.read("the kernel", kernel), SHA384);
  }

  @Test
  void aPatchedKernelSaysWhatQemuSays() throws VmException {
    var patched = PatchedKernel.of(KERNEL, INITRD.length(), GIB);
    assertEquals(0xb0, patched.u8(0x210));
    assertEquals(0x81, patched.u8(0x211));
    assertEquals(0xfe00, patched.u32(0x224));
    assertEquals(0x20000, patched.u32(0x228));
    assertEquals(0x3fed7000, patched.u32(0x218));
    assertEquals(INITRD.length(), patched.u32(0x21c));
  }

  @Test
  void withoutAnInitrdItsFieldsStay() throws VmException {
    var patched = PatchedKernel.of(KERNEL, 0, GIB);
    assertEquals(0, patched.u64(0x218));
  }

  /// QEMU's q35 has 2 GiB below 4 GiB if it has 2.75 GiB or more.
  @Test
  void theMemoryCountsBelowTwoAndThreeQuartersOfAGibibyteOnly() throws VmException {
    var small = PatchedKernel.of(KERNEL, INITRD.length(), 2 * GIB);
    var between = PatchedKernel.of(KERNEL, INITRD.length(), 0xb0000000L - 4096);
    var large = PatchedKernel.of(KERNEL, INITRD.length(), 0xb0000000L);
    assertNotEquals(small, between);
    assertNotEquals(between, large);
    assertEquals(small, large);
    assertEquals(large, PatchedKernel.of(KERNEL, INITRD.length(), 64 * GIB));
  }

  @Test
  void aKernelThatIsNotLoadedAbove4GibHasItsInitrdBelow() throws VmException {
    var low = PatchedKernel.of(kernel(0x20f, 0x01, 0), INITRD.length(), 64 * GIB);
    assertEquals(0x37eff000, low.u32(0x218));
  }

  @Test
  void whatIsNoKernelOrTooLargeIsRefused() {
    assertEquals(Reason.MALFORMED, refusal(Octets.of(new byte[0x2000]), GIB));
    assertEquals(Reason.MALFORMED, refusal(KERNEL.slice(0, 0xfff), GIB));
    assertEquals(Reason.UNSUPPORTED, refusal(kernel(0x20b, 0x01, 0x02), GIB));
    assertEquals(Reason.UNSUPPORTED, refusal(kernel(0x20f, 0x00, 0x02), GIB));
    assertEquals(Reason.TOO_LARGE, refusal(KERNEL, 0x100000));
    assertEquals(Reason.TOO_LARGE, refusal(KERNEL, 0));
  }

  private static Reason refusal(Octets kernel, long memory) {
    return assertThrows(VmException.class, () -> PatchedKernel.of(kernel, INITRD.length(), memory))
        .reason();
  }

  @Test
  void aUnifiedKernelImageIsMeasuredWithTheWayToIt() throws VmException {
    var parts =
        Map.of(
            UkiSection.CMDLINE, Octets.of("quiet".getBytes(UTF_8)),
            UkiSection.LINUX, KERNEL,
            UkiSection.INITRD, INITRD);
    var image = PeFile.read("the image", UkiWriter.write(PeImage.stub("252.39"), parts));
    var table = Optional.of(SHA384.of(new byte[] {1}));
    var rtmr1 = new TdxUkiBoot(image, new BootPath(0, table)).rtmr1();
    assertEquals(
        List.of(
            "Calling EFI Application from Boot Option",
            "separator",
            "partition table",
            "image",
            "kernel",
            "Exit Boot Services Invocation",
            "Exit Boot Services Returned with Success"),
        rtmr1.events().stream().map(MeasuredEvent::what).toList());
    assertEquals(Authenticode.digest(image, SHA384), rtmr1.events().get(3).digest());
    assertEquals(authenticode(KERNEL), rtmr1.events().get(4).digest());
    var commandLine = SHA384.of("quiet\0".getBytes(UTF_16LE));
    assertEquals(
        SHA384.of(SHA384.of(SHA384.zero(), commandLine), SHA384.of(INITRD)),
        new TdxUkiBoot(image, BootPath.DIRECT).rtmr2().value());
  }

  private static Octets kernel(int protocol, int loadFlags, int xloadFlags) {
    var sections = new LinkedHashMap<String, byte[]>();
    sections.put(".text", new byte[0x1000]);
    return Octets.of(
        ByteBuffer.wrap(PeImage.of(sections).toBytes())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0x202, 0x53726448)
            .putShort(0x206, (short) protocol)
            .put(0x211, (byte) loadFlags)
            .putShort(0x236, (short) xloadFlags)
            .array());
  }
}
