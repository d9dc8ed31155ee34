namespace MultiModal.Jimeng.Volcengine;

/// <summary>The known req_keys. New ones appear every month: any text may be used in their place, see <see cref="JimengCustomRequest"/>.</summary>
public static class JimengKeys
{
    /// <summary>Text to image and editing, 4.0.</summary>
    public const string Image40 = "jimeng_t2i_v40";

    /// <summary>Text to image and editing, 4.6.</summary>
    public const string Image46 = "jimeng_seedream46_cvtob";

    /// <summary>Text to image, 3.1.</summary>
    public const string TextToImage31 = "jimeng_t2i_v31";

    /// <summary>Text to image, 3.0.</summary>
    public const string TextToImage30 = "jimeng_t2i_v30";

    /// <summary>Text to image, 2.1; answers at once.</summary>
    public const string TextToImage21 = "jimeng_high_aes_general_v21_L";

    /// <summary>Image to image, 3.0.</summary>
    public const string ImageToImage30 = "jimeng_i2i_v30";

    /// <summary>Text or first frame to video, 3.0 Pro.</summary>
    public const string Video30Pro = "jimeng_ti2v_v30_pro";

    /// <summary>Text to video, 3.0, 720P.</summary>
    public const string TextToVideo30 = "jimeng_t2v_v30";

    /// <summary>Text to video, 3.0, 1080P.</summary>
    public const string TextToVideo30FullHd = "jimeng_t2v_v30_1080p";

    /// <summary>First frame to video, 3.0, 720P.</summary>
    public const string FirstFrameVideo30 = "jimeng_i2v_first_v30";

    /// <summary>First frame to video, 3.0, 1080P.</summary>
    public const string FirstFrameVideo30FullHd = "jimeng_i2v_first_v30_1080";

    /// <summary>First and last frame to video, 3.0, 720P.</summary>
    public const string FirstLastFrameVideo30 = "jimeng_i2v_first_tail_v30";

    /// <summary>First and last frame to video, 3.0, 1080P.</summary>
    public const string FirstLastFrameVideo30FullHd = "jimeng_i2v_first_tail_v30_1080";

    /// <summary>A camera movement over a picture, 720P.</summary>
    public const string CameraVideo30 = "jimeng_i2v_recamera_v30";

    /// <summary>OmniHuman 1.5, step 1: is there a subject?</summary>
    public const string HumanSubject = "jimeng_realman_avatar_picture_create_role_omni_v15";

    /// <summary>OmniHuman 1.5, step 2: where are the subjects? Answers at once.</summary>
    public const string HumanDetection = "jimeng_realman_avatar_object_detection";

    /// <summary>OmniHuman 1.5, step 3: the video.</summary>
    public const string HumanVideo = "jimeng_realman_avatar_picture_omni_v15";

    /// <summary>Upscaling to 4K or 8K.</summary>
    public const string Upscale = "jimeng_i2i_seed3_tilesr_cvtob";

    /// <summary>Inpainting.</summary>
    public const string Inpaint = "jimeng_image2image_dream_inpaint";

    /// <summary>Outpainting.</summary>
    public const string Outpaint = "jimeng_img2img_seed3_painting_edit";
}
