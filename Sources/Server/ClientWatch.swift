import NIOCore

/// Notices that the client of a connection leaves while its answer is still being made.
///
/// Nothing else would: the connection is looked at again only when the answer is written. A client that closes its own
/// direction counts as one that left.
final class ClientWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private let left: AsyncStream<Void>.Continuation

    private init(_ left: AsyncStream<Void>.Continuation) { self.left = left }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { left.finish() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        left.finish()
        context.fireChannelInactive()
    }

    /// Does work that is cancelled where the client of the channel leaves.
    ///
    /// - Throws: What the work throws; `CancellationError` where the client left.
    static func whileClientStays<Value: Sendable>(
        at channel: any Channel, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (stream, left) = AsyncStream.makeStream(of: Void.self)
        let watch = ClientWatch(left)
        try await channel.pipeline.addHandler(watch, position: .first).get()
        defer { channel.pipeline.removeHandler(watch, promise: nil) }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in stream {}
                try Task.checkCancellation()
                return nil
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw CancellationError() }
            return value
        }
    }
}
