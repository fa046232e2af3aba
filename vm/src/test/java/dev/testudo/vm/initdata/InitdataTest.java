package dev.testudo.vm.initdata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.LaunchVectors;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InitdataTest {
  private static final String HEAD = "version = \"0.1.0\"\nalgorithm = \"sha384\"\n";

  @Test
  void theAnnotationOfKatasDocumentationIsItsDocumentWithItsDigest() throws VmException {
    var annotation = new String(LaunchVectors.read("initdata/annotation.txt").toBytes(), UTF_8);
    var document = LaunchVectors.read("initdata/initdata.toml");
    var initdata = InitdataAnnotation.decode(annotation);
    assertEquals(document, initdata.document());
    assertEquals(Set.of("policy.rego"), initdata.data().keySet());
    assertEquals(InitdataAlgorithm.SHA256, initdata.algorithm());
    assertEquals(
        "2385c5da0959d063638b2ab4ac252ae18e825f6ecb69815e4206b38077d0bcdd",
        initdata.hostData().hex());
  }

  @Test
  void whatIsWrittenIsReadAgain() throws VmException {
    var texts =
        List.of(
            "",
            "one line",
            "several\nlines\n",
            "\nfirst line empty",
            "it's '''quoted'''\n",
            "ends with a quote\n'",
            "\"basic\" \\ back\nslash",
            "tab\tbell\u0007delete\u007freturn\r\n",
            "größer 𝄞 \n",
            "# no comment\n[data]\n");
    for (var text : texts) {
      for (var algorithm : InitdataAlgorithm.values()) {
        var data = Map.of("policy.rego", text, text + "name", "value");
        var initdata = Initdata.of(algorithm, data);
        assertEquals(data, initdata.data());
        assertEquals(algorithm, initdata.algorithm());
        assertEquals(data, Initdata.read(initdata.document()).data());
        var decoded = InitdataAnnotation.decode(InitdataAnnotation.encode(initdata));
        assertEquals(initdata.document(), decoded.document());
      }
    }
  }

  @Test
  void aDocumentIsWrittenAsPeopleWriteIt() throws VmException {
    var initdata =
        Initdata.of(
            InitdataAlgorithm.SHA256, Map.of("b", "x = 'y'\n", "a.toml", "one", "c", "'\n'"));
    assertEquals(
        """
        version = "0.1.0"
        algorithm = "sha256"

        [data]
        "a.toml" = "one"
        "b" = '''
        x = 'y'
        '''
        "c" = "'\\n'"
        """,
        new String(initdata.document().toBytes(), UTF_8));
  }

  @Test
  void whatHasNoBytesInUtf8IsNotWritten() {
    var half = Map.of("policy.rego", "\ud834");
    var refused =
        assertThrows(VmException.class, () -> Initdata.of(InitdataAlgorithm.SHA256, half));
    assertEquals(Reason.MALFORMED, refused.reason());
  }

  @Test
  void eachKindOfStringAndCommentIsRead() throws VmException {
    var initdata =
        read(
            """
            # comment
            version = '0.1.0' # comment
            \talgorithm="sha384"
            [data] # comment
            bare-name_1 = "\\u00e9\\U0001D11E\\t\\"\\\\"
            "quoted" = 'C:\\path'
            'literal' = \"""
            block \\n ""\"""
            'empty' = ""
            'last' = '''\\n''\'''\
            """);
    assertEquals(
        Map.of(
            "bare-name_1", "é𝄞\t\"\\",
            "quoted", "C:\\path",
            "literal", "block \n \"\"",
            "empty", "",
            "last", "\\n''"),
        initdata.data());
  }

  @Test
  void aDigestIsOnlyForThePlatformWhoseFieldHasItsLength() throws VmException {
    var snp = Initdata.of(InitdataAlgorithm.SHA256, Map.of());
    assertEquals(32, snp.hostData().length());
    assertEquals(Reason.UNSUPPORTED, assertThrows(VmException.class, snp::mrConfigId).reason());
    var tdx = Initdata.of(InitdataAlgorithm.SHA384, Map.of());
    assertEquals(48, tdx.mrConfigId().length());
    assertEquals(Reason.UNSUPPORTED, assertThrows(VmException.class, tdx::hostData).reason());
  }

  @Test
  void oneByteOfTheDocumentChangesTheDigest() throws VmException {
    var one = read(HEAD + "[data]\n");
    var other = read(HEAD + "[data]\n\n");
    assertEquals(one.data(), other.data());
    assertThrows(AssertionError.class, () -> assertEquals(one.mrConfigId(), other.mrConfigId()));
  }

  @Test
  void otherVersionsAndAlgorithmsAreNotSupported() {
    for (var document :
        List.of(
            HEAD.replace("0.1.0", "0.2.0") + "[data]",
            HEAD.replace("sha384", "sha512") + "[data]",
            HEAD.replace("sha384", "sha-384") + "[data]",
            HEAD.replace("sha384", "SHA384") + "[data]",
            HEAD + "[data]\n[other]",
            HEAD + "[data]\n[data]",
            HEAD + "[[data]]",
            HEAD + "[data]\na = 1",
            HEAD + "[data]\na = [\"x\"]",
            HEAD + "[data]\na = {}",
            HEAD + "[data]\na = \"\\e\"")) {
      assertEquals(Reason.UNSUPPORTED, refusal(document), document);
    }
  }

  @Test
  void whatIsNoInitdataIsMalformed() {
    for (var document :
        List.of(
            "",
            HEAD,
            "[data]",
            "version = \"0.1.0\"\n[data]",
            HEAD + "further = \"x\"\n[data]",
            HEAD + HEAD + "[data]",
            HEAD + "[data]\na = \"x\" b = \"y\"",
            HEAD + "[data]\na = \"x\"\na = \"y\"",
            HEAD + "[data]\na.b = \"x\"",
            HEAD + "[data]\na \"x\"",
            HEAD + "[data]\n= \"x\"",
            HEAD + "[data]\n'''a''' = \"x\"",
            HEAD + "[data]\na = \"x",
            HEAD + "[data]\na = \"x\n\"",
            HEAD + "[data]\na = '''x",
            HEAD + "[data]\na = '''x''''''",
            HEAD + "[data]\na = \"\\u12\"",
            HEAD + "[data]\na = \"\\u12g4\"",
            HEAD + "[data]\na = \"\\uD800\"",
            HEAD + "[data]\na = \"\\U00110000\"",
            HEAD + "[data]\r\n",
            HEAD + "[data]\na = \"\u0000\"")) {
      assertEquals(Reason.MALFORMED, refusal(document), document);
    }
    var latin1 = Octets.of(new byte[] {(byte) 0xe9});
    assertEquals(
        Reason.MALFORMED, assertThrows(VmException.class, () -> Initdata.read(latin1)).reason());
  }

  @Test
  void tooMuchIsRefusedAsSuch() {
    var members = new StringBuilder(HEAD + "[data]\n");
    for (var i = 0; i <= 256; i++) {
      members.append("n%d = ''\n".formatted(i));
    }
    assertEquals(Reason.TOO_LARGE, refusal(members.toString()));
    assertEquals(Reason.TOO_LARGE, refusal(HEAD + "[data]\n" + "n".repeat(257) + " = ''"));
    assertEquals(Reason.TOO_LARGE, refusal(" ".repeat(Initdata.MOST_BYTES + 1)));
  }

  private static Reason refusal(String document) {
    return assertThrows(VmException.class, () -> read(document)).reason();
  }

  private static Initdata read(String document) throws VmException {
    return Initdata.read(Octets.of(document.getBytes(UTF_8)));
  }
}
