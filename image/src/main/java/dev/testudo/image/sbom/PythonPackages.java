package dev.testudo.image.sbom;

import dev.testudo.image.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The packages of Python: `*.dist-info/METADATA` of pip, and `*.egg-info` of older installers.
final class PythonPackages implements PackageReader {
  private static final Pattern FILE =
      Pattern.compile(".*/[^/]+(\\.dist-info/METADATA|\\.egg-info/PKG-INFO|\\.egg-info)");
  private static final String CLASSIFIER = "License :: ";
  private static final int MAX_LICENCE = 200;

  @Override
  public boolean reads(String path) {
    return describes(path);
  }

  static boolean describes(String path) {
    return FILE.matcher(path).matches();
  }

  @Override
  public int limit() {
    return 4 << 20;
  }

  @Override
  public void read(String path, Digest layer, byte[] content, SbomFindings into)
      throws SbomException {
    var fields = ControlText.first(content);
    if (fields.first("Name").isEmpty()) {
      throw new SbomException("there is no field `Name`");
    }
    // The name in a package URL is the normalized one (PEP 503).
    var name = fields.first("Name").toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
    into.add(
        SoftwarePackage.of("pypi", "", name, fields.first("Version"), licences(fields)),
        path,
        layer);
  }

  private static List<String> licences(ControlText.Paragraph fields) {
    for (var field : List.of("License-Expression", "License")) {
      var text = fields.first(field);
      // Some have the whole text of their licence there.
      if (!text.isEmpty() && text.length() <= MAX_LICENCE && !text.contains("\n")) {
        return text.equals("UNKNOWN") ? List.of() : List.of(text);
      }
    }
    var licences = new ArrayList<String>();
    for (var classifier : fields.all("Classifier")) {
      if (classifier.startsWith(CLASSIFIER) && classifier.length() <= MAX_LICENCE) {
        licences.add(classifier.substring(classifier.lastIndexOf(" :: ") + 4));
      }
    }
    return licences;
  }
}
