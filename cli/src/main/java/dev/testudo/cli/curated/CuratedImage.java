package dev.testudo.cli.curated;

import dev.testudo.image.oci.ImageName;
import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Spelling;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The image of a curated service in a mesh: what the Meshfile says, and where the image goes.
///
/// @param service which service it is
/// @param written the image as the Meshfile names it
/// @param to the image that is made
/// @param base `base` of the Meshfile, if it is given
/// @param noPlace why the image cannot be stored as it is named; empty if it can
public record CuratedImage(
    CuratedService service,
    Text written,
    Text to,
    Optional<Text> base,
    Optional<Diagnostic> noPlace) {
  /// The registry of SCONE's curated images. Nobody else may push there.
  private static final String SCONTAIN = "registry.scontain.com";

  private static final String OFFICIAL = "library/";

  /// What the names of built-in manifests begin with. Messages never show it, because users cannot
  /// change these manifests, and it must differ from the name of a folder of theirs.
  static final String FOLDER = "<curated>/";

  /// Recognises the image of a service by the last part of its name.
  ///
  /// @param repository `repo.destination` of the Meshfile
  public static Optional<CuratedImage> of(MeshService service, Optional<Text> repository) {
    var written = service.image();
    return ImageName.parse(written.value())
        .flatMap(
            name ->
                CuratedService.named(last(name))
                    .map(curated -> of(curated, name, service, repository)));
  }

  private static CuratedImage of(
      CuratedService curated, ImageName name, MeshService service, Optional<Text> repository) {
    var written = service.image();
    var moved = repository.map(to -> moved(name, to));
    var refused = moved.isPresent() ? Optional.<Diagnostic>empty() : noPlace(name, written);
    return new CuratedImage(curated, written, moved.orElse(written), service.base(), refused);
  }

  private static String last(ImageName name) {
    return name.repository().substring(name.repository().lastIndexOf('/') + 1);
  }

  /// Returns the image in another repository, with the last part of its name and its tag.
  private static Text moved(ImageName name, Text repository) {
    var tag = name.tag().orElse(ImageName.DEFAULT_TAG);
    return repository.withValue(repository.value() + "/" + last(name) + ":" + tag);
  }

  /// Returns why an image cannot be stored under its name.
  private static Optional<Diagnostic> noPlace(ImageName name, Text written) {
    if (name.digest().isPresent()) {
      return Optional.of(refusal(written, "a place for an image has a tag, and no digest"));
    }
    if (isScontain(name)) {
      return Optional.of(refusal(written, "this registry is SCONE's"));
    }
    var official =
        name.registry().equals(ImageName.DEFAULT_REGISTRY)
            && name.repository().startsWith(OFFICIAL);
    return official
        ? Optional.of(refusal(written, "this repository of Docker Hub is not yours"))
        : Optional.empty();
  }

  private static Diagnostic refusal(Text written, String why) {
    return Diagnostic.error(
            DiagnosticId.INVALID_VALUE,
            written.span(),
            "no place for the confidential image `%s`".formatted(written.quotable()))
        .labelled(why)
        .helped("say where such images go, as in `repo: {destination: registry.example/shop}`")
        .helped("or name the image in a registry of yours, or keep it here with `--no-push`");
  }

  private static boolean isScontain(ImageName name) {
    return name.registry().split(":", 2)[0].equals(SCONTAIN);
  }

  /// Returns true if the image is one of SCONE's.
  public boolean isOfScone() {
    return ImageName.parse(written.value()).filter(CuratedImage::isScontain).isPresent();
  }

  /// Returns a line about the image with the location in the Meshfile.
  public String remark(String name, String baseInUse) {
    var scone = isOfScone() ? "SCONE's image is not used; " : "";
    return "%s: remark: %sservice `%s` is the curated service `%s`, made of %s"
        .formatted(written.span().place(), scone, name, service, baseInUse);
  }

  /// Returns a diagnostic about the manifest of the service as one about the Meshfile, which users
  /// can change.
  public Diagnostic located(Diagnostic diagnostic) {
    if (!isBuiltIn(diagnostic.span().source().name())) {
      return diagnostic;
    }
    var located =
        new Diagnostic(
            diagnostic.id(),
            diagnostic.severity(),
            diagnostic.message(),
            written.span(),
            "the manifest of the curated service `%s` needs it".formatted(service),
            diagnostic.help());
    return diagnostic.id() == DiagnosticId.UNKNOWN_SECRET
        ? located.helped(
            "say with `connects` whom the service connects to, or give the name of another secret as the value of this one")
        : located;
  }

  /// Returns a diagnostic whose suggestions name no built-in file.
  public static Diagnostic withoutFiles(Diagnostic diagnostic) {
    var help =
        diagnostic.help().stream()
            .map(
                one ->
                    one.contains(" " + FOLDER)
                        ? "`testudo apply --print-defaults` shows the values of curated services"
                        : one)
            .toList();
    return new Diagnostic(
        diagnostic.id(),
        diagnostic.severity(),
        diagnostic.message(),
        diagnostic.span(),
        diagnostic.label(),
        help);
  }

  private static boolean isBuiltIn(String file) {
    return file.startsWith(FOLDER);
  }

  /// Returns the diagnostic about an image that no manifest makes, with the curated services.
  public static Diagnostic unknown(Diagnostic diagnostic, String image) {
    var last = image.substring(image.lastIndexOf('/') + 1).split("[:@]", 2)[0];
    var known = CuratedService.allNames();
    var near = Spelling.nearest(last.toLowerCase(Locale.ROOT), known);
    return near.map(
            name -> diagnostic.helped("did you mean the curated service `%s`?".formatted(name)))
        .orElse(diagnostic)
        .helped("no curated service is called `%s`; there are %s".formatted(last, list(known)));
  }

  private static String list(List<String> names) {
    return String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
  }
}
