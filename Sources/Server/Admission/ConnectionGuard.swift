import HTTPTypes
import NIOCore
import NIOHTTPTypes
import WeirLimits

/// Watches one connection: closes it where its requests come too slowly, and tells the table that it came and went.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let table: ConnectionTable
    private let counts: LimitCounts
    private var pace: RequestPace
    private var check: RepeatedTask?
    /// Of a request that has been answered before it was read, so many more bytes are read.
    private var unreadBytes: Int?
    private var isReading = false

    /// In seconds; a division of durations costs more than all else that is done for a part.
    private static var now: Double { Double(NIODeadline.now().uptimeNanoseconds) / 1e9 }
    /// As much of a body as a client may send after the answer, so that it can read it before the connection ends.
    private static let bytesAfterAnswer = 4 << 20

    init(_ table: ConnectionTable, _ limits: PaceLimits, counts: LimitCounts) {
        self.table = table
        self.counts = counts
        pace = RequestPace(limits, at: Self.now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        table.open(context.channel)
        let channel = context.channel
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        check = context.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(2), delay: .seconds(2)) { _ in
            bound.value.look(at: channel)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave(context.channel) }

    func channelInactive(context: ChannelHandlerContext) {
        leave(context.channel)
        context.fireChannelInactive()
    }

    private func leave(_ channel: any Channel) {
        check?.cancel()
        check = nil
        table.close(channel)
    }

    private func look(at channel: any Channel) {
        guard pace.isTooSlow(at: Self.now, isWritable: channel.isWritable) else { return }
        counts.countHit(of: .deadline)
        check?.cancel()
        channel.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            pace.headCame(at: Self.now)
            (isReading, unreadBytes) = (true, nil)
            // Some clients ask before they send a long body, and wait a second for the answer.
            if request.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body(let bytes):
            pace.bodyCame(bytes.readableBytes)
            if let left = unreadBytes {
                unreadBytes = left - bytes.readableBytes
                if left < bytes.readableBytes { return context.close(promise: nil) }
            }
        case .end:
            pace.requestEnded()
            (isReading, unreadBytes) = (false, nil)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isReading, case .end = unwrapOutboundIn(data) { unreadBytes = Self.bytesAfterAnswer }
        context.write(data, promise: promise)
    }
}
