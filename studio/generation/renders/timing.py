"""Which frame of the file that a player plays is which frame of the take."""


def of(take):
    """What a player must know to show the frame of a number, and to tell the number of what it shows.

    `places` is there where the rate of the take varies: the frame of its copy with which each of its frames
    begins; `length` is then how many the copy has.
    """
    return {
        "fps": [take.fps_num or 24, take.fps_den or 1],
        "frames": take.frame_count or 1,
        "places": take.frame_places,
        "length": take.copy_frames or take.frame_count or 1,
    }
