namespace Weft.Bench.Scale;

/// <summary>Who is on a lane, and what they do.</summary>
/// <param name="Busy">Guests that talk in pairs.</param>
/// <param name="Idle">Guests beside them that do not.</param>
/// <param name="IdleWereHeard">Each idle guest sends one frame before each slice: the lane still looks at all of them.</param>
/// <param name="Addresses">Stations behind each guest, in rotation from frame to frame.</param>
/// <param name="HasStopped">The first guest also sends, in turns of their own, bursts to one that takes nothing.</param>
/// <param name="HasOffloads">The guests' drivers take and give open checksums and TCP segments.</param>
/// <param name="IsTrunked">Every second guest is on another lane: each frame crosses the trunk between them.</param>
/// <param name="IsBare">No lane: the frames are copied and nothing else (<see cref="BareCopy"/>).</param>
internal sealed record RowPlan(
    string Name,
    int Busy = 2,
    int Idle = 0,
    bool IdleWereHeard = false,
    int Addresses = 1,
    bool HasStopped = false,
    bool HasOffloads = true,
    bool IsTrunked = false,
    bool IsBare = false);
