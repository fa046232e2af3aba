package dev.testudo.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.image.layout.LayoutStore;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.Index;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.Referrers;
import dev.testudo.image.oci.SignatureTag;
import dev.testudo.image.sbom.SbomArtifact;
import dev.testudo.image.signature.ImageSignatures;
import dev.testudo.image.signature.SignatureKey;
import dev.testudo.image.signature.SignatureVerdict;
import dev.testudo.image.signature.SignatureVerdict.Signed;
import dev.testudo.image.signature.SignatureVerdict.Unsigned;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.PublicKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Signatures of images in Debian's registry. Skopeo reads and moves them; it would also verify
/// them
/// (policy `sigstoreSigned`), but Debian's build cannot. So OpenSSL verifies what skopeo reads.
@Timeout(120)
class SignedImagesTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir static Path shared;

  private static RegistryProcess registry;
  private static RegistryClient client;
  private static SignatureKey key;
  private static SignatureKey other;
  private static int repositories;

  @TempDir Path directory;

  private String name = "";
  private RegistryRepository repository;
  private Digest image = Digest.of(new byte[0]);

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryProcess.start(shared);
    client = new RegistryClient(RegistryFixture.settings(shared));
    key = key();
    other = key();
  }

  private static SignatureKey key() throws Exception {
    var pair = KeyAlgorithm.P_256.generate(RANDOM);
    return SignatureKey.of(pair.getPrivate(), pair.getPublic());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    registry.close();
  }

  @BeforeEach
  void anImage() throws Exception {
    name = "team/app" + repositories++;
    repository = client.repository(RegistryFixture.image(registry.name(), name));
    image = RegistryFixture.pushImage(repository, layer(name)).descriptor().digest();
  }

  private byte[] layer(String content) throws Exception {
    Files.createDirectories(directory.resolve("root"));
    Files.writeString(directory.resolve("root/x"), content);
    RegistryFixture.run(directory, "tar", "-C", "root", "-cf", "layer.tar", "x");
    return Files.readAllBytes(directory.resolve("layer.tar"));
  }

  private String identity() {
    return registry.name() + "/" + name;
  }

  private SignatureVerdict verify(SignatureKey by) throws Exception {
    return ImageSignatures.verify(repository, identity(), image, by.publicKey());
  }

  private static String why(SignatureVerdict verdict) {
    return assertInstanceOf(Unsigned.class, verdict).why();
  }

  /// Pulls the image `v1` with skopeo, and returns the files in which it keeps the signatures.
  private List<Path> pulledSignatures() throws Exception {
    Files.createDirectories(directory.resolve("registries.d"));
    Files.writeString(
        directory.resolve("registries.d/default.yaml"),
        "default-docker: {use-sigstore-attachments: true}\n");
    Files.writeString(
        directory.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
    RegistryFixture.run(
        directory,
        "skopeo",
        "--policy=policy.json",
        "--registries.d=registries.d",
        "copy",
        "--preserve-digests",
        "--src-tls-verify=false",
        "docker://%s:v1".formatted(identity()),
        "dir:pulled");
    try (var files = Files.list(directory.resolve("pulled"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("signature-"))
          .sorted()
          .toList();
    }
  }

  /// Skopeo keeps a signature as a first line and a JSON object with payload and annotations
  /// (containers/image, `internal/signature`).
  @Test
  void skopeoReadsOurSignatureAndOpensslVerifiesIt() throws Exception {
    assertEquals("the image has no signature", why(verify(key)));
    assertEquals(List.of(), pulledSignatures());
    ImageSignatures.sign(repository, identity(), image, key);
    assertEquals(new Signed(identity()), verify(key));

    var text = Files.readString(pulledSignatures().getFirst(), StandardCharsets.UTF_8);
    var read = text.substring(text.indexOf('\n')).getBytes(StandardCharsets.UTF_8);
    var members = JsonMembers.read(read, 1 << 16, "signature");
    assertEquals("application/vnd.dev.cosign.simplesigning.v1+json", members.text("mimeType"));
    var payload = Base64.getDecoder().decode(members.text("payload"));
    opensslVerifies(
        key,
        payload,
        members.textMap("annotations").getOrDefault("dev.cosignproject.cosign/signature", ""));
    assertEquals(
        """
        {"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":\
        "%s"},"type":"cosign container image signature"},"optional":{"creator":"testudo"}}"""
            .formatted(identity(), image),
        new String(payload, StandardCharsets.UTF_8));
  }

  private void opensslVerifies(SignatureKey by, byte[] payload, String signature) throws Exception {
    Files.write(directory.resolve("payload"), payload);
    Files.write(directory.resolve("signature"), Base64.getDecoder().decode(signature));
    Files.writeString(directory.resolve("key.pub"), PublicKeys.toPem(by.publicKey()));
    RegistryFixture.run(
        directory,
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        "key.pub",
        "-signature",
        "signature",
        "payload");
  }

  @Test
  void anotherKeyIsRefused() throws Exception {
    ImageSignatures.sign(repository, identity(), image, key);
    assertEquals("none of its 1 signatures is by this key", why(verify(other)));
  }

  @Test
  void signaturesOfSeveralKeysStayAndTheSameKeySignsOnce() throws Exception {
    for (var signer : List.of(key, other, key)) {
      ImageSignatures.sign(repository, identity(), image, signer);
    }
    assertEquals(2, Manifest.read(repository.manifest(SignatureTag.of(image))).layers().size());
    for (var signer : List.of(key, other)) {
      assertEquals(new Signed(identity()), verify(signer));
    }
    assertEquals(2, pulledSignatures().size());
  }

  @Test
  void aChangedImageIsRefusedAlsoWithTheSignatureOfTheOldOne() throws Exception {
    ImageSignatures.sign(repository, identity(), image, key);
    var signatures = repository.manifest(SignatureTag.of(image));
    var signed = image;
    image = RegistryFixture.pushImage(repository, layer("changed")).descriptor().digest();
    assertEquals("the image has no signature", why(verify(key)));
    repository.putManifest(SignatureTag.of(image), signatures);
    assertEquals("the signature is of another image: " + signed, why(verify(key)));
  }

  @Test
  void aSignatureForAnotherRepositoryIsRefused() throws Exception {
    ImageSignatures.sign(repository, registry.name() + "/team/other", image, key);
    assertEquals(
        "the signature is for `%s/team/other`, not for `%s`".formatted(registry.name(), identity()),
        why(verify(key)));
  }

  /// Debian's registry has no referrers API.
  @Test
  void aBillOfMaterialsIsListedUnderTheTagOfItsImage() throws Exception {
    var subject = repository.manifest(new ByTag("v1")).descriptor();
    var document = "{\"bomFormat\":\"CycloneDX\"}".getBytes(StandardCharsets.UTF_8);
    var attached = SbomArtifact.attach(repository, subject, document);
    assertEquals(attached, SbomArtifact.attach(repository, subject, document));
    var found = SbomArtifact.find(repository, image);
    assertEquals(List.of(attached), found.stream().map(Descriptor::digest).toList());
    var listed =
        RegistryFixture.run(
            directory,
            "skopeo",
            "inspect",
            "--raw",
            "--tls-verify=false",
            "docker://%s:sha256-%s".formatted(identity(), image.hex()));
    var index =
        Index.read(
            new RawManifest(MediaType.OCI_INDEX.text(), listed.getBytes(StandardCharsets.UTF_8)));
    assertEquals(List.of(attached), index.manifests().stream().map(Descriptor::digest).toList());
    assertEquals(
        Optional.of(SbomArtifact.TYPE), Referrers.artifactType(index.manifests().getFirst()));
  }

  /// As cosign writes it, by a key that OpenSSL has made and signs with.
  @Test
  void aSignatureInTheFormOfCosignIsAccepted() throws Exception {
    RegistryFixture.run(
        directory,
        "openssl",
        "ecparam",
        "-name",
        "prime256v1",
        "-genkey",
        "-noout",
        "-out",
        "their.key");
    var publicKey =
        RegistryFixture.run(directory, "openssl", "ec", "-in", "their.key", "-pubout")
            .replaceFirst("(?s)^.*?-----BEGIN", "-----BEGIN");
    var payload =
        """
        {"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":\
        "%s"},"type":"cosign container image signature"},"optional":null}"""
            .formatted(identity(), image)
            .getBytes(StandardCharsets.UTF_8);
    Files.write(directory.resolve("payload"), payload);
    RegistryFixture.run(
        directory,
        "openssl",
        "dgst",
        "-sha256",
        "-sign",
        "their.key",
        "-out",
        "signature",
        "payload");
    var signature =
        Base64.getEncoder().encodeToString(Files.readAllBytes(directory.resolve("signature")));
    RegistryFixture.put(repository, payload);
    var text =
        new String(RegistryFixture.manifest(payload, payload, "").content(), StandardCharsets.UTF_8)
            .replace(
                "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\"",
                "{\"annotations\":{\"dev.cosignproject.cosign/signature\":\"%s\"},\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\""
                    .formatted(signature));
    repository.putManifest(
        SignatureTag.of(image),
        new RawManifest(
            "application/vnd.oci.image.manifest.v1+json", text.getBytes(StandardCharsets.UTF_8)));
    var verdict =
        ImageSignatures.verify(repository, identity(), image, PublicKeys.fromPem(publicKey));
    assertEquals(new Signed(identity()), verdict);
  }

  @Test
  void hostileSignaturesAreRefusedAndNotAdded() throws Exception {
    var junk = "{\"critical\":{\"type\":\"x\"}}".getBytes(StandardCharsets.UTF_8);
    RegistryFixture.put(repository, junk);
    var layers = new StringBuilder();
    for (var i = 0; i < 120; i++) {
      layers
          .append(i == 0 ? "" : ",")
          .append(
              "{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"digest\":\"%s\",\"size\":%d,\"annotations\":{\"dev.cosignproject.cosign/signature\":\"AAAA\"}}"
                  .formatted(Digest.of(junk), junk.length));
    }
    var whole =
        new String(RegistryFixture.manifest(junk, junk, "").content(), StandardCharsets.UTF_8);
    var manifest = whole.replaceFirst("\"layers\":\\[.*]", "\"layers\":[" + layers + "]");
    repository.putManifest(
        SignatureTag.of(image),
        new RawManifest(
            "application/vnd.oci.image.manifest.v1+json",
            manifest.getBytes(StandardCharsets.UTF_8)));
    var thrown = assertThrows(ImageException.class, () -> verify(key));
    assertEquals(ImageFault.TOO_LARGE, thrown.fault());
    assertThrows(
        ImageException.class, () -> ImageSignatures.sign(repository, identity(), image, key));
  }

  @Test
  void aLayoutHasItsSignaturesUnderTheSameTag() throws Exception {
    RegistryFixture.run(
        directory,
        "skopeo",
        "copy",
        "--preserve-digests",
        "--src-tls-verify=false",
        "docker://%s:v1".formatted(identity()),
        "oci:layout:v1");
    try (var store = LayoutStore.open(directory.resolve("layout"))) {
      ImageSignatures.sign(store, identity(), image, key);
      assertEquals(
          new Signed(identity()),
          ImageSignatures.verify(store, identity(), image, key.publicKey()));
      assertEquals(image, store.manifest(new ByTag("v1")).descriptor().digest());
    }
    // Skopeo moves them as any other image, and they are valid in the registry.
    RegistryFixture.run(
        directory,
        "skopeo",
        "copy",
        "--dest-tls-verify=false",
        "oci:layout:" + SignatureTag.of(image),
        "docker://%s:%s".formatted(identity(), SignatureTag.of(image)));
    assertEquals(new Signed(identity()), verify(key));
  }
}
