package dev.testudo.vm.firmware;

import static dev.testudo.vm.firmware.FirmwareAbility.KERNEL_HASHES;
import static dev.testudo.vm.firmware.FirmwareAbility.SNP_METADATA;
import static dev.testudo.vm.firmware.FirmwareAbility.TDX_METADATA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.LaunchVectors;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FirmwareTest {
  private static final String SNP = "dc886566-984a-4798-a75e-5585a7bf67cc";
  private static final String TDX = "e47a6535-984a-4798-865e-4685a7bf8ec2";
  private static final String RESET = "00f771de-1a7e-4fcb-890e-68c77e2fb44e";
  private static final String HASHES = "7255371f-3a3b-4b04-927b-1da6efa8d454";

  @Test
  void aFirmwareHasWhatItsTableSays() throws VmException {
    var firmware =
        Firmware.read(
            new FirmwareImage(2)
                .number(RESET, 0x80b004)
                .number(HASHES, 0x810c00)
                .metadata(SNP, "ASEV", 2048, 2, 0x800000, 8192, 1, 0x810000, 4096, 0x10)
                .metadata(TDX, "TDVF", 1024, 1, 0, 4096, 0xfffff000, 0, 4096, 0, 0, 1)
                .build());
    assertEquals(OptionalLong.of(0x80b004), firmware.resetVector());
    assertEquals(OptionalLong.of(0x810c00), firmware.hashTable());
    assertEquals(
        List.of(
            new SnpSection(SnpSectionType.MEMORY, 0x800000, 8192),
            new SnpSection(SnpSectionType.KERNEL_HASHES, 0x810000, 4096)),
        firmware.snp().orElseThrow().sections());
    assertEquals(
        List.of(new TdxSection(0, 4096, 0xfffff000L, 4096, 0, 1)),
        firmware.tdx().orElseThrow().sections());
    assertEquals(
        "kernel hashes: yes, SNP metadata: yes, TDX metadata: yes",
        firmware.abilities().toString());
  }

  @Test
  void aFirmwareWithoutATableCanNothingOfIt() throws VmException {
    var abilities = Firmware.read(Octets.of(new byte[4096])).abilities();
    assertEquals(Set.of(KERNEL_HASHES, SNP_METADATA, TDX_METADATA), abilities.lacking());
    var refused = assertThrows(VmException.class, () -> abilities.require(SNP_METADATA));
    assertEquals(Reason.LACKING, refused.reason());
    assertEquals(
        "the firmware has no SNP metadata; with them, SEV-SNP can start it", refused.getMessage());
  }

  @Test
  void anAddressOfTheHashTableWithoutAPageForItIsNoAbility() throws VmException {
    var abilities =
        Firmware.read(
                new FirmwareImage(1)
                    .number(HASHES, 0x810c00)
                    .metadata(SNP, "ASEV", 2048, 1, 0x800000, 8192, 1)
                    .build())
            .abilities();
    assertEquals(Set.of(SNP_METADATA), abilities.present());
  }

  @Test
  void theFirmwareBuiltForDirectBootHasKernelHashesAndTheOrdinaryOneHasNot() throws VmException {
    assertEquals(Set.of(KERNEL_HASHES, SNP_METADATA, TDX_METADATA), published("AmdSev").present());
    assertEquals(Set.of(SNP_METADATA, TDX_METADATA), published("OvmfX64").present());
  }

  private static FirmwareAbilities published(String build) throws VmException {
    var end = LaunchVectors.read("snp-virtee/ovmf_%s_suffix.bin".formatted(build));
    return Firmware.read(end).abilities();
  }

  @Test
  void malformedTablesAreRefused() {
    var malformed =
        List.of(
            Octets.of(new byte[0]),
            Octets.of(new byte[4095]),
            new FirmwareImage(1).build(17),
            new FirmwareImage(1).build(0xffff),
            new FirmwareImage(1).number(RESET, 1).build(18 + 21),
            new FirmwareImage(1).number(RESET, 1).number(RESET, 2).build(),
            new FirmwareImage(1).entry(RESET, new byte[4], 17).build(),
            new FirmwareImage(1).entry(RESET, new byte[4], 23).build(),
            new FirmwareImage(1).number(SNP, 0).build(),
            new FirmwareImage(1).number(SNP, 5000).build(),
            new FirmwareImage(1).number(SNP, -1).build(),
            new FirmwareImage(1).metadata(SNP, "ASEW", 2048, 0).build(),
            new FirmwareImage(1).metadata(SNP, "ASEV", 2048, 2, 0, 4096, 1).build(),
            new FirmwareImage(1).metadata(SNP, "ASEV", 2048, 0x20000000).build(),
            new FirmwareImage(1).metadata(SNP, "ASEV", 2048, 1, 1, 4096, 1).build(),
            new FirmwareImage(1).metadata(SNP, "ASEV", 2048, 1, 0, 0, 1).build(),
            new FirmwareImage(1).metadata(SNP, "ASEV", 2048, 1, 0, 8192, 2).build(),
            new FirmwareImage(1).metadata(TDX, "TDVX", 2048, 0).build(),
            new FirmwareImage(1).metadata(TDX, "TDVF", 2048, 1).build(),
            new FirmwareImage(1)
                .metadata(TDX, "TDVF", 2048, 1, 0, 8192, 0, 0, 4096, 0, 0, 1)
                .build(),
            new FirmwareImage(1).metadata(TDX, "TDVF", 2048, 1, 0, 0, 1, 0, 4096, 0, 0, 1).build(),
            new FirmwareImage(1)
                .metadata(TDX, "TDVF", 2048, 1, 0, 0, 0, -1, 4096, 0, 0, 1)
                .build());
    for (var firmware : malformed) {
      var refused = assertThrows(VmException.class, () -> Firmware.read(firmware));
      assertEquals(Reason.MALFORMED, refused.reason(), refused::getMessage);
    }
  }

  @Test
  void whatIsUnknownOrTooLargeIsRefusedAsSuch() {
    var type = new FirmwareImage(1).metadata(SNP, "ASEV", 2048, 1, 0, 4096, 5).build();
    assertEquals(
        Reason.UNSUPPORTED, assertThrows(VmException.class, () -> Firmware.read(type)).reason());
    var memory = new FirmwareImage(1).metadata(SNP, "ASEV", 2048, 1, 0, 0x7ffff000, 1).build();
    assertEquals(
        Reason.TOO_LARGE, assertThrows(VmException.class, () -> Firmware.read(memory)).reason());
  }

  @Test
  void aGuidIsStoredWithItsFirstFieldsLittleEndian() {
    var guid = Guid.parse("00112233-4455-6677-8899-aabbccddeeff");
    assertEquals("33221100554477668899aabbccddeeff", Octets.of(guid.bytes()).hex());
    assertEquals(guid, Guid.stored(Octets.of(guid.bytes())));
  }
}
