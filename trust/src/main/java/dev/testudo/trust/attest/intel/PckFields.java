package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PemBlock;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Describes the certificates of a quote for people. What cannot be read is said and left out.
final class PckFields {
  private PckFields() {}

  static List<Field> describe(Octets pem) {
    try {
      var fields = new ArrayList<Field>();
      for (var block : Pem.read(new String(pem.toBytes(), StandardCharsets.ISO_8859_1))) {
        fields.add(certificate(block));
      }
      return fields;
    } catch (PkiException e) {
      return List.of(Field.of("unreadable", "", String.valueOf(e.getMessage())));
    }
  }

  private static Field certificate(PemBlock block) {
    try {
      var certificate = IntelCertificate.parse(block.der());
      var fields = new ArrayList<Field>();
      fields.add(Field.of("serial number", certificate.serial().toString(16), ""));
      fields.add(Field.of("not before", certificate.notBefore().toString(), ""));
      fields.add(Field.of("not after", certificate.notAfter().toString(), ""));
      fields.add(IntelFields.hex("key", Octets.of(certificate.key().point()), "x and y on P-256"));
      certificate
          .extension(PckExtension.OID)
          .ifPresent(value -> fields.add(Field.group("SGX extension", extension(value))));
      return new Field("certificate", certificate.commonName(), "", fields);
    } catch (IOException e) {
      return Field.of("unreadable", "", String.valueOf(e.getMessage()));
    }
  }

  private static List<Field> extension(Octets value) {
    try {
      var extension = PckExtension.parse(value);
      var components = new StringBuilder();
      extension.tcb().components().forEach(svn -> components.append("%02x".formatted(svn)));
      var fields = new ArrayList<Field>();
      fields.add(IntelFields.hex("PPID", extension.ppid(), "id of the processor package"));
      fields.add(Field.of("SGX TCB components", components.toString(), "16 versions, a byte each"));
      fields.add(IntelFields.number("PCESVN", extension.tcb().pceSvn(), ""));
      fields.add(IntelFields.hex("CPUSVN", extension.tcb().cpuSvn(), ""));
      fields.add(IntelFields.hex("PCEID", extension.pceId(), ""));
      fields.add(IntelFields.hex("FMSPC", extension.fmspc(), "family with the same TCB levels"));
      fields.add(IntelFields.number("SGX type", extension.sgxType(), type(extension.sgxType())));
      var instance = extension.instance();
      instance.id().ifPresent(id -> fields.add(IntelFields.hex("platform instance id", id, "")));
      flag(fields, "dynamic platform", instance.dynamicPlatform(), "packages can be added");
      flag(fields, "cached keys", instance.cachedKeys(), "Intel caches the platform's keys");
      flag(fields, "SMT enabled", instance.smt(), "several threads share a core");
      return fields;
    } catch (EvidenceException e) {
      return List.of(Field.of("unreadable", "", e.reason()));
    }
  }

  private static String type(int type) {
    return switch (type) {
      case 0 -> "standard";
      case 1 -> "scalable";
      case 2 -> "scalable with integrity";
      default -> "unknown";
    };
  }

  private static void flag(
      List<Field> fields, String name, Optional<Boolean> value, String meaning) {
    value.ifPresent(
        set -> fields.add(Field.of(name, Boolean.toString(set).toLowerCase(Locale.ROOT), meaning)));
  }
}
