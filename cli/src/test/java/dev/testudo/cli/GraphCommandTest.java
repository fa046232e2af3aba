package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class GraphCommandTest {
  private static final Path MESH = Path.of("../examples/patient-records/mesh.yaml");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir Path work;

  private int run(String... args) {
    out.reset();
    err.reset();
    return Cli.run(args, CliTest.context(out, err, work));
  }

  @BeforeAll
  static void letThisModuleReadXml() {
    var xml = ModuleLayer.boot().findModule("java.xml").orElseThrow();
    GraphCommandTest.class.getModule().addReads(xml);
  }

  private static List<String> texts(String svg) throws Exception {
    var document =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(UTF_8)));
    var texts = new ArrayList<String>();
    var found = document.getElementsByTagName("text");
    for (var i = 0; i < found.getLength(); i++) {
      texts.add(((Element) found.item(i)).getFirstChild().getTextContent());
    }
    return texts;
  }

  @Test
  void thePictureShowsWhoConnectsToWhomAndHow() throws Exception {
    assertEquals(0, run("graph", "-f", MESH.toString()), () -> err.toString(UTF_8));
    var svg = out.toString(UTF_8);
    var texts = texts(svg);
    assertTrue(
        texts.containsAll(
            List.of("api", "redis", "anybody", "TCP 4996, TLS", "TCP 6379, mutual TLS")),
        texts::toString);
    assertEquals(0, run("graph", "-f", MESH.toString()));
    assertEquals(svg, out.toString(UTF_8), "the same mesh gives the same picture");
  }

  @Test
  void thePictureInTheDocumentsIsThatOfTheExample() throws IOException {
    assertEquals(0, run("graph", "-f", MESH.toString()));
    assertEquals(
        out.toString(UTF_8),
        Files.readString(Path.of("../docs/patient-records.svg")),
        "make it again: testudo graph -f examples/patient-records/mesh.yaml -o docs/patient-records.svg");
  }

  @Test
  void servicesThatConnectToEachOtherAndNamesWithMarkupAreDrawn() throws Exception {
    for (var name : List.of("a", "b")) {
      var other = name.equals("a") ? "b" : "a";
      Files.writeString(
          Files.createDirectories(work.resolve(name)).resolve("service.yaml"),
          """
          apiVersion: scone/5.8
          kind: genservice
          build: {name: %1$s, kind: none, to: "x<%1$s>&:1", command: /bin/true}
          environment:
            local:
              - {name: SCONE_NETWORK_SHIELD_SERVER_1, value: unprotected}
              - {name: SCONE_NETWORK_SHIELD_SERVER_1_PORT, value: "TCP:80"}
              - {name: SCONE_NETWORK_SHIELD_CLIENT_1, value: unprotected}
              - {name: SCONE_NETWORK_SHIELD_CLIENT_1_DESTINATION, value: "TCP:%2$s:80"}
              - {name: SECRET, value: "tell-nobody"}
          """
              .formatted(name, other));
    }
    var mesh =
        Files.writeString(
            work.resolve("mesh.yaml"),
            """
            apiVersion: scone/5.8
            kind: mesh
            cas: [{name: cas}]
            policy: {namespace: app, tolerate: software-evidence}
            services: [{name: a, image: "x<a>&:1"}, {name: b, image: "x<b>&:1"}]
            """);
    var page = work.resolve("mesh.html");
    assertEquals(
        0, run("graph", "-f", mesh.toString(), "-o", page.toString()), () -> err.toString(UTF_8));
    var html = Files.readString(page);
    var texts = texts(html.substring(html.indexOf("<svg"), html.indexOf("</svg>") + 6));
    assertEquals(2, texts.stream().filter("TCP 80, not protected"::equals).count() / 2, html);
    assertTrue(texts.contains("x<a>&:1"), texts::toString);
    assertFalse(html.contains("tell-nobody"));
  }

  @Test
  void anotherKindOfFileIsRefusedAndNothingIsWritten() throws IOException {
    var png = work.resolve("mesh.png");
    assertEquals(2, run("graph", "-f", MESH.toString(), "-o", png.toString()));
    assertTrue(err.toString(UTF_8).contains("ends neither with .svg nor with .html"));
    assertFalse(Files.exists(png));
  }
}
