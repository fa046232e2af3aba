package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The example patient-records with images that are made of this machine's Redis and Python.
record PatientMesh(Path directory, TestLayout bases) {
  private static final String PYTHON = "/usr/bin/python3";
  private static final Set<String> NOT_NEEDED =
      Set.of("test", "__pycache__", "idlelib", "tkinter", "lib2to3", "ensurepip", "pydoc_data");
  private static final List<String> PACKAGES =
      List.of(
          "flask",
          "werkzeug",
          "jinja2",
          "markupsafe",
          "itsdangerous",
          "click",
          "blinker",
          "redis",
          "packaging",
          "deprecated",
          "wrapt",
          "async_timeout");

  /// Copies the example, and makes the images on which those of the services are based.
  static PatientMesh in(Path directory) throws IOException {
    var bases = new TestLayout(directory.resolve("bases"));
    bases.image(
        "redis", ImageFiles.ofBusybox("sh").program("/usr/bin/redis-server"), List.of(), "");
    bases.image("python", python(), List.of(), "");
    var mesh = new PatientMesh(directory, bases);
    mesh.copy("mesh.yaml");
    mesh.copy("redis/service.yaml", "from: redis:7", "from: " + mesh.base("redis"));
    mesh.copy("api/service.yaml", "kind: python", "kind: python\n  from: " + mesh.base("python"));
    mesh.copy("api/app.py");
    mesh.copy("api/records.py");
    return mesh;
  }

  private static ImageFiles python() throws IOException {
    var real = Path.of(PYTHON).toRealPath();
    var version = String.valueOf(real.getFileName());
    var files = ImageFiles.ofBusybox("sh").program(real.toString());
    files.link(PYTHON, version).tree("/usr/lib/" + version, NOT_NEEDED);
    for (var name : PACKAGES) {
      var folder = "/usr/lib/python3/dist-packages/" + name;
      if (Files.isDirectory(Path.of(folder))) {
        files.tree(folder, NOT_NEEDED);
      }
    }
    return files;
  }

  private String base(String name) {
    return "\"oci:%s:%s\"".formatted(bases.directory(), name);
  }

  private void copy(String file) throws IOException {
    copy(file, "", "");
  }

  private void copy(String file, String from, String to) throws IOException {
    var text = Files.readString(Command.ROOT.resolve("examples/patient-records").resolve(file));
    var target = directory.resolve(file);
    Files.createDirectories(target.resolveSibling(""));
    Files.writeString(target, text.replace(from, to));
  }

  /// Builds the images of both services, each into an OCI layout.
  void build() {
    for (var name : List.of("redis", "api")) {
      var built =
          Command.testudo(
              "apply",
              "-q",
              "--no-push",
              "-t",
              target().toString(),
              "-f",
              directory.resolve(name).resolve("service.yaml").toString());
      assertEquals(0, built.exit(), built.all());
    }
  }

  /// Returns where the image of a service is.
  Path image(String name) {
    return target().resolve("images/testudo.local_patient-records_%s_1.oci".formatted(name));
  }

  /// Where `apply` writes.
  Path target() {
    return directory.resolve("target");
  }

  /// Returns the words of a command that applies the Meshfile.
  List<String> applying() {
    return List.of(
        Command.LAUNCHER.toString(),
        "apply",
        "-f",
        directory.resolve("mesh.yaml").toString(),
        "-t",
        target().toString());
  }

  /// Returns the objects of the chart, for a CAS at this address.
  RenderedChart chart(String cas) {
    return RenderedChart.of(target().resolve("helm"), "any", Map.of("global.cas.address", cas));
  }
}
