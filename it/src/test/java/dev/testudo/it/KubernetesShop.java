package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.image.oci.ContainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A shop as its team runs it in Kubernetes: web, API, database, cache and a CronJob, with images
/// in a registry. All programs are busybox. `testudo convert` makes it confidential.
record KubernetesShop(Path directory, TestRegistry registry) {
  /// A value of each kind of source, which no object may have after the conversion.
  static final List<String> VALUES =
      List.of("tell-nobody", "Books of the week", "--of-the-pod", "while ! wget");

  static final String REGISTRY = "registry.example.org/shop";

  private static final String FETCH =
      """
      while ! wget -q -O /tmp/%s http://%s/%s; do sleep 0.2; done
      """;

  /// Writes the objects and pushes the images.
  static KubernetesShop in(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory.resolve("k8s"));
    var shop = new KubernetesShop(directory, TestRegistry.start(directory));
    shop.push();
    Files.writeString(directory.resolve("k8s/config.yaml"), config());
    Files.writeString(directory.resolve("k8s/pods.yaml"), shop.pods());
    Files.writeString(directory.resolve("k8s/network.yaml"), network());
    return shop;
  }

  private void push() throws IOException {
    var layout = new TestLayout(directory.resolve("bases"));
    var files =
        ImageFiles.ofBusybox("sh", "cat", "sleep", "wget", "httpd")
            .directory("/www", 0755)
            .directory("/app", 0755);
    layout.image("busybox", files, start(List.of(), List.of("sh"), ""));
    layout.image("store", files, start(List.of("httpd", "-f"), List.of("-p", "1"), "1234"));
    for (var name : List.of("busybox", "store")) {
      var pushed =
          Command.testudo(
              "image",
              "copy",
              "--insecure",
              registry.name(),
              "oci:%s:%s".formatted(layout.directory(), name),
              registry.name() + "/example/" + name + ":1");
      assertEquals(0, pushed.exit(), pushed.all());
    }
  }

  private static ContainerConfig start(List<String> entrypoint, List<String> command, String user) {
    return new ContainerConfig(
        entrypoint,
        command,
        List.of("PATH=/usr/bin:/bin", "GREETING=hello from the image"),
        user,
        "/app",
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  private static String config() {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: scripts}
    data:
      TITLE: Books of the week
      api.sh: |
        %s%s    echo "$TITLE: $(cat /tmp/key), $(cat /tmp/word)" > /tmp/index.html
        exec httpd -f -p 8080 -h /tmp
      web.sh: |
        %s    exec httpd -f -p 8000 -h /tmp
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: db}
    stringData: {password: tell-nobody}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: reports}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
    """
        .formatted(
            FETCH.formatted("key", "db:5432", "key"),
            FETCH.formatted("word", "redis:6379", "").indent(4),
            FETCH.formatted("index.html", "api:8080", ""));
  }

  private String pods() {
    var busybox = registry.name() + "/example/busybox:1";
    var store = registry.name() + "/example/store:1";
    return deployment(
            "db",
            "{name: c, image: \"%s\", args: [-p, \"5432\", -h, /www], ports: [{containerPort: 5432}], volumeMounts: [{name: v, mountPath: /www}]}"
                .formatted(store),
            "{name: v, secret: {secretName: db, items: [{key: password, path: key}]}}")
        + deployment(
            "cache",
            "{name: c, image: \"%s\", command: [sh, -c], args: ['echo \"$GREETING $0\" > /scratch/index.html; exec httpd -f -p 6379 -h /scratch', --of-the-pod], ports: [{containerPort: 6379}], volumeMounts: [{name: v, mountPath: /scratch}]}"
                .formatted(busybox),
            "{name: v, emptyDir: {}}")
        + deployment(
            "api",
            "{name: c, image: \"%s\", command: [sh, /etc/shop/api.sh], env: [{name: TITLE, valueFrom: {configMapKeyRef: {name: scripts, key: TITLE}}}], ports: [{containerPort: 8080}], volumeMounts: [{name: v, mountPath: /etc/shop}]}"
                .formatted(busybox),
            "{name: v, configMap: {name: scripts, items: [{key: api.sh, path: api.sh}]}}")
        + deployment(
            "web",
            "{name: c, image: \"%s\", command: [sh, /etc/shop/web.sh], ports: [{containerPort: 8000}], readinessProbe: {httpGet: {path: /, port: 8000}}, volumeMounts: [{name: v, mountPath: /etc/shop/web.sh, subPath: web.sh}]}"
                .formatted(busybox),
            "{name: v, configMap: {name: scripts}}")
        + report(busybox);
  }

  private static String deployment(String name, String container, String volume) {
    return """
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s}
    spec:
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata: {labels: {app: %1$s}}
        spec:
          containers:
            - %2$s
          volumes:
            - %3$s
    """
        .formatted(name, container, volume);
  }

  private static String report(String image) {
    return """
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: report}
    spec:
      schedule: 0 3 * * *
      jobTemplate:
        spec:
          template:
            metadata: {labels: {app: report}, annotations: {testudo.dev/plain-volumes: v}}
            spec:
              restartPolicy: Never
              containers:
                - name: c
                  image: "%s"
                  command: [sh, -c, wget -q -O /reports/page http://api:8080/ && cat /reports/page]
                  volumeMounts: [{name: v, mountPath: /reports}]
              volumes: [{name: v, persistentVolumeClaim: {claimName: reports}}]
    """
        .formatted(image);
  }

  private static String network() {
    return service("db", "db", 5432)
        + service("redis", "cache", 6379)
        + service("api", "api", 8080)
        + service("web", "web", 8000)
        + policy("none", "{}", "[]")
        + policy("db", "{matchLabels: {app: db}}", from("api", 5432))
        + policy("cache", "{matchLabels: {app: cache}}", from("api", 6379))
        + policy("api", "{matchLabels: {app: api}}", from("web", 8080))
        + policy("reports", "{matchLabels: {app: api}}", from("report", 8080))
        + policy("web", "{matchLabels: {app: web}}", "[{ports: [{port: 8000}]}]");
  }

  private static String from(String app, int port) {
    return "[{from: [{podSelector: {matchLabels: {app: %s}}}], ports: [{port: %d}]}]"
        .formatted(app, port);
  }

  private static String service(String name, String app, int port) {
    return """
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: %s}
    spec: {selector: {app: %s}, ports: [{port: %d}]}
    """
        .formatted(name, app, port);
  }

  private static String policy(String name, String pods, String ingress) {
    return """
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: %s}
    spec: {podSelector: %s, policyTypes: [Ingress], ingress: %s}
    """
        .formatted(name, pods, ingress);
  }

  /// Converts the objects.
  Command convert(Map<String, String> environment) {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "convert", "--in-place"));
    words.addAll(List.of("-f", directory.resolve("k8s").toString(), "-o", made().toString()));
    words.addAll(List.of("--registry", REGISTRY, "--namespace", "shop"));
    words.addAll(List.of("--read-images", "--insecure", registry.name()));
    words.addAll(List.of("--tolerate", "software-evidence"));
    return Command.run(environment, words);
  }

  Path made() {
    return directory.resolve("made");
  }

  Path target() {
    return directory.resolve("target");
  }

  /// Builds the image of a service into an OCI layout, and returns the layout.
  Path build(String service) {
    var built =
        Command.testudo(
            "apply",
            "-q",
            "--no-push",
            "--insecure",
            registry.name(),
            "-t",
            target().toString(),
            "-f",
            made().resolve(service).resolve("service.yaml").toString());
    assertEquals(0, built.exit(), built.all());
    return target().resolve("images/registry.example.org_shop_%s_1.oci".formatted(service));
  }

  /// Returns the objects written again.
  RenderedChart objects() throws IOException {
    var text = new StringBuilder();
    try (var files = Files.list(made().resolve("in_place"))) {
      for (var file : files.sorted().toList()) {
        text.append("---\n").append(Files.readString(file));
      }
    }
    return RenderedChart.read(text.toString());
  }
}
