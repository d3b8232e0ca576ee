import java.io.FileInputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.apache.zookeeper.server.quorum.QuorumPeer.QuorumServer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;

/** Reads each file that the lines of its input name as ZooKeeper would, and prints what it found: one JSON object a line. */
public class ReadZooCfg {
  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String file : Files.readAllLines(Path.of(arguments[0]))) out.println(read(file));
    out.flush();
  }

  private static String read(String file) {
    Properties properties = new Properties();
    try (FileInputStream in = new FileInputStream(file)) {
      properties.load(in);
    } catch (Exception failure) {
      return "{\"why\":" + text(failure.toString()) + "}";
    }
    Map<String, String> trimmed = new TreeMap<>();
    properties.forEach((key, value) -> trimmed.put(text(key.toString().trim()), text(value.toString().trim())));
    String common = "\"properties\":" + object(trimmed) + ",\"isClear\":" + (trimmed.size() == properties.size());
    QuorumPeerConfig.setStandaloneEnabled(true);
    QuorumPeerConfig.setReconfigEnabled(false);
    QuorumPeerConfig config = new QuorumPeerConfig();
    try {
      config.parse(file);
      return "{" + common + ",\"config\":" + configOf(config) + "}";
    } catch (Exception failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      return "{" + common + ",\"why\":" + text(cause.toString()) + "}";
    } finally {
      System.getProperties().keySet().removeIf((key) -> key.toString().startsWith("zookeeper."));
    }
  }

  private static String configOf(QuorumPeerConfig config) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("\"dataDir\"", text(config.getDataDir().getPath()));
    fields.put("\"client\"", address(config.getClientPortAddress()));
    fields.put("\"minSessionTimeout\"", String.valueOf(config.getMinSessionTimeout()));
    fields.put("\"maxSessionTimeout\"", String.valueOf(config.getMaxSessionTimeout()));
    fields.put("\"maxClientCnxns\"", String.valueOf(config.getMaxClientCnxns()));
    fields.put("\"listensOnAll\"", String.valueOf(config.getQuorumListenOnAllIPs()));
    fields.put("\"isDistributed\"", String.valueOf(config.isDistributed()));
    fields.put("\"serverId\"", String.valueOf(config.getServerId()));
    fields.put("\"enforceQuota\"", String.valueOf(Boolean.getBoolean("zookeeper.enforceQuota")));
    fields.put("\"extendedTypes\"", String.valueOf(Boolean.getBoolean("zookeeper.extendedTypesEnabled")));
    fields.put("\"maxCnxns\"", String.valueOf(Integer.getInteger("zookeeper.maxCnxns")));
    fields.put("\"bindRetries\"", String.valueOf(Integer.getInteger("zookeeper.electionPortBindRetry")));
    fields.put("\"reconfigEnabled\"", String.valueOf(QuorumPeerConfig.isReconfigEnabled()));
    StringJoiner servers = new StringJoiner(",", "[", "]");
    if (config.getQuorumVerifier() != null) {
      for (QuorumServer server : config.getQuorumVerifier().getAllMembers().values()) {
        Map<String, String> parts = new TreeMap<>();
        parts.put("\"id\"", String.valueOf(server.id));
        parts.put("\"quorum\"", address(server.addr.getOne()));
        parts.put("\"election\"", address(server.electionAddr.getOne()));
        parts.put("\"role\"", text(server.type.toString().toLowerCase()));
        servers.add(object(parts));
      }
    }
    fields.put("\"servers\"", servers.toString());
    return object(fields);
  }

  private static String address(InetSocketAddress address) {
    if (address == null) return "null";
    boolean isAny = address.getAddress() != null && address.getAddress().isAnyLocalAddress();
    return "{\"host\":" + text(isAny ? "*" : address.getHostString()) + ",\"port\":" + address.getPort() + "}";
  }

  private static String object(Map<String, String> fields) {
    StringJoiner joined = new StringJoiner(",", "{", "}");
    fields.forEach((key, value) -> joined.add(key + ":" + value));
    return joined.toString();
  }

  private static String text(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char each : value.toCharArray()) {
      if (each < 32 || each > 126 || each == '"' || each == '\\') quoted.append(String.format("\\u%04x", (int) each));
      else quoted.append(each);
    }
    return quoted.append('"').toString();
  }
}
