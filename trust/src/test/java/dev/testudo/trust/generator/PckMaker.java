package dev.testudo.trust.generator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;

/// What a PCK certificate says about its platform. Not thread-safe.
public final class PckMaker {
  private static final String OID = "1.2.840.113741.1.13.1";

  private String fmspc = "00906ea10000";
  private String pceId = "0000";
  private int pceSvn = 10;
  private List<Integer> components = sixteen(5);
  private boolean instance = true;

  PckMaker() {}

  /// Changes the family of the platform.
  public PckMaker fmspc(String hex) {
    fmspc = hex;
    return this;
  }

  /// Changes the id of the provisioning certification enclave.
  public PckMaker pceId(String hex) {
    pceId = hex;
    return this;
  }

  /// Changes the versions of the 16 components.
  public PckMaker components(List<Integer> svns) {
    components = List.copyOf(svns);
    return this;
  }

  /// Changes one version.
  ///
  /// @param index from 0
  public PckMaker component(int index, int svn) {
    var changed = new ArrayList<>(components);
    changed.set(index, svn);
    return components(changed);
  }

  /// Changes PCESVN.
  public PckMaker pceSvn(int svn) {
    pceSvn = svn;
    return this;
  }

  /// Leaves out what only the platform CA certifies.
  public PckMaker withoutInstance() {
    instance = false;
    return this;
  }

  String fmspc() {
    return fmspc;
  }

  ASN1Encodable make() {
    var tcb = new ArrayList<ASN1Encodable>();
    var cpuSvn = new byte[16];
    for (var i = 0; i < components.size(); i++) {
      tcb.add(member(".2." + (i + 1), new ASN1Integer(components.get(i))));
      cpuSvn[Math.min(i, 15)] = components.get(i).byteValue();
    }
    tcb.add(member(".2.17", new ASN1Integer(pceSvn)));
    tcb.add(member(".2.18", new DEROctetString(cpuSvn)));
    var members = new ArrayList<ASN1Encodable>();
    members.add(member(".1", octets("11".repeat(16))));
    members.add(member(".2", sequence(tcb)));
    members.add(member(".3", octets(pceId)));
    members.add(member(".4", octets(fmspc)));
    members.add(member(".5", new ASN1Enumerated(1)));
    if (instance) {
      members.add(member(".6", octets("22".repeat(16))));
      members.add(
          member(
              ".7",
              sequence(
                  List.of(
                      member(".7.1", ASN1Boolean.TRUE),
                      member(".7.2", ASN1Boolean.FALSE),
                      member(".7.3", ASN1Boolean.TRUE)))));
    }
    return sequence(members);
  }

  private static DERSequence member(String suffix, ASN1Encodable value) {
    return new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(OID + suffix), value});
  }

  private static DERSequence sequence(List<ASN1Encodable> values) {
    return new DERSequence(values.toArray(ASN1Encodable[]::new));
  }

  private static DEROctetString octets(String hex) {
    return new DEROctetString(HexFormat.of().parseHex(hex));
  }

  /// Returns 16 equal numbers.
  static List<Integer> sixteen(int svn) {
    var all = new Integer[16];
    Arrays.fill(all, svn);
    return List.of(all);
  }
}
