package dev.fanoutgateway.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** An SMTP server on a real socket that answers as it is told to, to test what happens when one does not behave. */
final class MailTrouble implements AutoCloseable {
    /** Say nothing, and keep the connection. */
    static final String SILENCE = "";
    /** Close the connection. */
    static final String HANG_UP = "hang up";

    private final ServerSocket socket;
    private final UnaryOperator<String> answers;
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    /** @param answers the reply to each command; the greeting is the reply to an empty one, the mail's end to a dot */
    MailTrouble(UnaryOperator<String> answers) {
        this.answers = answers;
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::accept, "mail-trouble");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    List<String> commands() {
        return List.copyOf(commands);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.add(connection);
                Thread thread = new Thread(() -> converse(connection), "mail-trouble-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void converse(Socket connection) {
        try (connection) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            boolean data = false;
            for (String command = ""; command != null; command = in.readLine()) {
                if (data && !command.equals(".")) {
                    continue;
                }
                commands.add(command);
                String answer = answers.apply(command);
                if (answer.equals(HANG_UP)) {
                    return;
                }
                OutputStream out = connection.getOutputStream();
                out.write((answer.isEmpty() ? "" : answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
                data = command.equals("DATA");
            }
        } catch (IOException e) {
            // the client went away
        }
    }

    /** A server that takes every mail. */
    static String politely(String command) {
        return switch (command.split(" ")[0]) {
            case "" -> "220 ready";
            case "EHLO" -> "250 localhost";
            case "DATA" -> "354 go on";
            case "QUIT" -> "221 bye";
            default -> "250 ok";
        };
    }

    static Throwable failureOf(CompletionStage<?> stage) {
        Throwable failure =
                stage.handle((ignored, thrown) -> thrown).toCompletableFuture().join();
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
